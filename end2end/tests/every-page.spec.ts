import type { Page } from '@playwright/test';
import { axe, expect, invite, join, open, say, signUp, test, useSample } from './fixtures.js';
import { publish, send, setName, wait } from './flows.js';

/** A page, by what the test calls it and its address. */
type Place = [name: string, path: string];

/** Every width in both themes, each beside the one that it is quickest to come to. */
const LOOKS = [
  { width: 1440, height: 900, scheme: 'light', reads: true },
  { width: 1440, height: 900, scheme: 'dark', reads: false },
  { width: 1024, height: 768, scheme: 'dark', reads: false },
  { width: 1024, height: 768, scheme: 'light', reads: false },
  { width: 390, height: 844, scheme: 'light', reads: false },
  { width: 390, height: 844, scheme: 'dark', reads: true },
] as const;

const NARROW = { width: 390, height: 844 };

/**
 * Fails on what keeps people out, read once in each theme, and on a page that is wider than the window. The page is
 * loaded once, in the look that the last page ended with, so that some pages are loaded wide and some narrow.
 */
async function fits(page: Page, [name, path]: Place): Promise<void> {
  await test.step(name, async () => {
    await open(page, path);
    await expect(page.locator('.skel')).toHaveCount(0);
    const isNarrow = page.viewportSize()?.width === NARROW.width;
    for (const look of isNarrow ? LOOKS.toReversed() : LOOKS) {
      const { width, height, scheme, reads } = look;
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: scheme });
      await expect.poll(() => tooWide(page), `${name}: wider than a window of ${width}, ${scheme}`).toBeLessThanOrEqual(0);
      if (reads) {
        await expect.poll(() => changing(page), `${name}: comes to rest`).toBe(0);
        await axe(page);
      }
    }
  });
}

/** By how many pixels the page is wider than the window. */
function tooWide(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** How many colours and sizes are on their way to others: axe would read what nobody is meant to see. */
function changing(page: Page): Promise<number> {
  return page.evaluate(() => document.getAnimations().filter((it) => it instanceof CSSTransition).length);
}

/** Fills a workspace so that every page has something to show; gives the pages that belong to records. */
async function fill(page: Page): Promise<Place[]> {
  await useSample(page);
  const flow = await publish(page.request, 'Order paper', [setName('Keep the name'), wait('A moment', 0)]);
  const run = await send(page.request, flow.address, { name: 'Reams of A4' });
  await open(page, `/runs/${run}`);
  await expect(page.locator('.page__head').getByText('Succeeded')).toBeVisible();
  await open(page, '/chat');
  await say(page, 'what is overdue?');
  await expect(page.getByText('9 to-dos are overdue').first()).toBeVisible();
  await say(page, 'complete Menu board copy');
  await expect(page.getByRole('button', { name: 'Approve' }).first()).toBeVisible();
  const conversation = new URL(page.url()).pathname;
  await open(page, '/approvals');
  const approval = await page.locator('.inbox__item').first().getAttribute('href');
  await open(page, '/projects');
  const project = await page.locator('a.rowlink').first().getAttribute('href');
  return [
    ['a project', `${project}`],
    ['to-dos of a project', `${project}?tab=todos`],
    ['card table of a project', `${project}?tab=board`],
    ['messages of a project', `${project}?tab=messages`],
    ['schedule of a project', `${project}?tab=schedule`],
    ['files of a project', `${project}?tab=files`],
    ['people of a project', `${project}?tab=people`],
    ['health of a project', `${project}?tab=health`],
    ['a record', await firstRecord(page, `${project}`)],
    ['the studio', `/flows/${flow.id}`],
    ['a run on the canvas', `/flows/${flow.id}?run=${run}`],
    ['a run', `/runs/${run}`],
    ['a conversation', conversation],
    ['an approval', `${approval}`],
  ];
}

/** The address of a project with its first to-do open. */
async function firstRecord(page: Page, project: string): Promise<string> {
  await open(page, project);
  return `${await page.locator('.rows a.cover-inline').first().getAttribute('href')}`;
}

const ALWAYS: Place[] = [
  ['home', '/'],
  ['projects', '/projects'],
  ['projects as cards', '/projects?view=cards'],
  ['flows', '/flows'],
  ['flows as cards', '/flows?view=cards'],
  ['runs', '/runs'],
  ['templates', '/flows/templates'],
  ['tables', '/flows/tables'],
  ['integrations', '/integrations'],
  ['apps', '/apps'],
  ['publishing apps', '/apps/publisher'],
  ['no such app', '/apps/no-such-app'],
  ['command center', '/command-center'],
  ['chat', '/chat'],
  ['agents', '/agents'],
  ['people', '/people'],
  ['reports', '/reports'],
  ['a report that needs a project', '/reports?report=decisions'],
  ['approvals', '/approvals'],
  ['decided approvals', '/approvals?tab=decided'],
  ['remembered answers', '/approvals?tab=rules'],
  ['audit log', '/audit'],
  ['telemetry', '/telemetry'],
  ['telemetry of a week', '/telemetry?range=7d'],
  ['profile', '/settings/profile'],
  ['security', '/settings/security'],
  ['members', '/settings/members'],
  ['assistant settings', '/settings/assistant'],
  ['memory', '/settings/memory'],
  ['API keys', '/settings/keys'],
  ['flow engine', '/settings/engine'],
  ['runs settings', '/settings/runs'],
  ['alert settings', '/settings/alerts'],
  ['workspace', '/settings/workspace'],
  ['notifications', '/settings/notifications'],
  ['policies', '/settings/policies'],
  ['limits', '/settings/limits'],
  ['setup, account', '/setup/account'],
  ['setup, Basecamp', '/setup/basecamp'],
  ['setup, engine', '/setup/engine'],
  ['setup, assistant', '/setup/assistant'],
  ['setup, ready', '/setup/ready'],
  ['nothing there', '/no-such-page'],
  ['no such run', '/runs/no-such-run'],
];

test('every page of a new workspace is accessible and fits', async ({ page, consoleGuard }) => {
  test.setTimeout(900_000);
  consoleGuard.expect(/404 \(Not Found\)/);
  await signUp(page);
  for (const place of ALWAYS) {
    await fits(page, place);
  }
});

test('every page of a workspace in use is accessible and fits', async ({ page, consoleGuard }) => {
  test.setTimeout(900_000);
  consoleGuard.expect(/404 \(Not Found\)/);
  await signUp(page);
  const places = await fill(page);
  // What the other test loads wide is loaded narrow here.
  await page.setViewportSize(NARROW);
  for (const place of [...places, ...ALWAYS]) {
    await fits(page, place);
  }
});

const OF_SUPER_ADMINS: Place[] = [
  ['shell', '/shell'],
  ['numbers of every workspace', '/telemetry'],
  ['every workspace', '/workspaces'],
  ['settings of the server', '/settings/server'],
];

test('what only a super admin sees is accessible and fits', async ({ page, freshServer }) => {
  test.setTimeout(600_000);
  await signUp(page, {}, freshServer.url);
  for (const [name, path] of OF_SUPER_ADMINS) {
    await fits(page, [name, `${freshServer.url}${path}`]);
  }
});

test('what a viewer may not see says so, accessibly', async ({ page, otherPage, consoleGuard }) => {
  consoleGuard.expect(/403 \(Forbidden\)/);
  test.setTimeout(600_000);
  await signUp(page);
  await fits(otherPage, ['an invitation', await invite(page, 'viewer')]);
  await join(otherPage);
  for (const place of [
    ['home', '/'],
    ['audit log', '/audit'],
    ['members', '/settings/members'],
    ['integrations', '/integrations'],
    ['setup', '/setup/basecamp'],
  ] as Place[]) {
    await fits(otherPage, place);
  }
  await expect(otherPage.getByRole('heading', { name: /only an admin/i })).toBeVisible();
});
