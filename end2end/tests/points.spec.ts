import { expect, hydrated, open, say, signUp, test, useSample } from './fixtures.js';
import { allow, call, publish, send, setName, wait } from './flows.js';
import { Gate } from './gate.js';

test.describe('Two people', () => {
  test('the first becomes super admin; the second gets an empty workspace of their own', async ({
    page,
    otherPage,
    freshServer,
  }) => {
    const { url } = freshServer;
    await open(page, `${url}/sign-up`);
    await expect(page.getByText('this account becomes the super admin')).toBeVisible();
    await signUp(page, { name: 'Amara Osei' }, url);
    await open(page, `${url}/`);
    await expect(page.getByRole('heading', { name: 'Quick setup' })).toBeVisible();
    await useSample(page, url);
    const flow = await publish(page.request, 'Mine alone', [setName('Keep the name')], url);
    const run = await send(page.request, flow.address, { name: 'Secret of the first' });

    await open(otherPage, `${url}/sign-up`);
    await expect(otherPage.getByText('You will be the workspace admin of a new workspace')).toBeVisible();
    await signUp(otherPage, { name: 'Mika Holm' }, url);
    await open(otherPage, `${url}/`);
    await expect(otherPage.getByRole('heading', { name: 'Quick setup' })).toBeVisible();
    const me = (await (await otherPage.request.get(`${url}/api/pmos/auth/me`)).json()) as { user: { role: string } };
    expect(me.user.role).toBe('workspace_admin');
    for (const [path, words] of [
      ['/flows', 'A flow does a job for you'],
      ['/runs', 'No runs yet'],
      ['/approvals', 'Nothing is waiting for you'],
      ['/projects', /Basecamp/],
    ] as const) {
      await open(otherPage, `${url}${path}`);
      const content = otherPage.locator('main');
      await expect(content.getByText(words).first()).toBeVisible();
      await expect(content.getByText('Mine alone')).toHaveCount(0);
      await expect(content.getByText('Website relaunch')).toHaveCount(0);
    }
    await open(otherPage, `${url}/settings/members`);
    await expect(otherPage.getByText('Mika Holm').first()).toBeVisible();
    await expect(otherPage.getByText('Amara Osei')).toHaveCount(0);
    for (const path of [`/flows/${flow.id}`, `/runs/${run}`]) {
      expect((await otherPage.request.get(`${url}${path}`)).status()).toBe(404);
    }
  });
});

test('a run goes green live, with what each step was given and gave', async ({ page, freshServer }) => {
  const { url } = freshServer;
  const gate = await Gate.start();
  await signUp(page, {}, url);
  await allow(page.request, gate.host, url);
  const steps = [setName('Keep the name'), call('Ask the stock', gate.url('/stock')), call('Order it', gate.url('/order'))];
  const flow = await publish(page.request, 'Order paper', steps, url);

  await open(page, `${url}/runs`);
  await expect(page.getByText('No runs yet')).toBeVisible();
  // Whatever loads the page anew takes this with it.
  await page.evaluate(() => document.body.setAttribute('data-not-reloaded', ''));
  await send(page.request, flow.address, { name: 'Reams of A4' });
  await expect(page.getByRole('row', { name: /Running.*Order paper/ })).toBeVisible();
  await page.getByRole('link', { name: 'Order paper' }).click();

  const step = (title: string) => page.locator('.rstep', { hasText: title });
  await expect(step('Keep the name')).toHaveAttribute('data-state', 'succeeded');
  await expect(step('Ask the stock')).toHaveAttribute('data-state', 'running');
  await expect(step('Order it')).toHaveAttribute('data-state', 'queued');
  gate.release('/stock');
  await expect(step('Ask the stock')).toHaveAttribute('data-state', 'succeeded');
  await expect(step('Order it')).toHaveAttribute('data-state', 'running');
  await page.getByRole('link', { name: 'Open on the canvas' }).click();
  const node = (title: string) => page.locator('.node', { hasText: title });
  await expect(node('Ask the stock')).toHaveAttribute('data-run', 'succeeded');
  await expect(node('Order it')).toHaveAttribute('data-run', 'running');
  gate.release('/order');
  await expect(node('Order it')).toHaveAttribute('data-run', 'succeeded');
  await page.getByRole('link', { name: 'All details' }).click();
  await expect(page.locator('.page__head').getByText('Succeeded')).toBeVisible();
  await expect(page.locator('body[data-not-reloaded]')).toHaveCount(1);

  await step('Keep the name').locator('summary').click();
  await expect(step('Keep the name').getByText('Going in')).toBeVisible();
  await expect(step('Keep the name').getByText('Reams of A4').last()).toBeVisible();
  await step('Ask the stock').locator('summary').click();
  await expect(step('Ask the stock').getByText('Coming out')).toBeVisible();
  await expect(step('Ask the stock').getByText('/stock').last()).toBeVisible();
  await expect(step('Ask the stock').locator('.rstep__d')).toHaveText(/\d+ ?(ms|s)/);
  await gate.stop();
});

test('after a power cut a run goes on where it was, and the conversation is the same', async ({
  page,
  freshServer,
  consoleGuard,
}) => {
  consoleGuard.expect(/ERR_|Failed to load resource/);
  const { url } = freshServer;
  const gate = await Gate.start();
  await signUp(page, {}, url);
  await allow(page.request, gate.host, url);
  await open(page, `${url}/chat`);
  await say(page, 'what can you do?');
  const answer = page.locator('.msg--ai .prose').first();
  await expect(answer).not.toBeEmpty();
  await expect(page.getByRole('button', { name: 'Send' })).toBeVisible();
  const told = await answer.innerText();
  const conversation = page.url();

  const steps = [call('Once before', gate.url('/before')), wait('A while', 5), call('Once after', gate.url('/after'))];
  const flow = await publish(page.request, 'Through the night', steps, url);
  gate.release('/before');
  const run = await send(page.request, flow.address, { name: 'x' });
  await open(page, `${url}/runs/${run}`);
  const step = (title: string) => page.locator('.rstep', { hasText: title });
  await expect(step('Once before')).toHaveAttribute('data-state', 'succeeded');
  await freshServer.kill();
  await freshServer.resume();
  gate.release('/after');
  await page.goto(`${url}/runs/${run}`);
  await hydrated(page);
  await expect(page.locator('.page__head').getByText('Succeeded')).toBeVisible();
  expect(gate.count('/before')).toBe(1);
  for (const title of ['Once before', 'A while', 'Once after']) {
    await expect(step(title)).toHaveAttribute('data-state', 'succeeded');
  }

  await page.goto(conversation);
  await expect(answer).toHaveText(told, { useInnerText: true });
  await gate.stop();
});

test('what a person changes by hand on a page is in the audit log', async ({ page }) => {
  await signUp(page);
  await useSample(page);
  await open(page, '/projects');
  await page.getByRole('link', { name: 'Website relaunch' }).first().click();
  await page.getByRole('tab', { name: 'To-dos' }).click();
  await page.getByRole('button', { name: /^Add to / }).first().click();
  await page.getByLabel('To-do', { exact: true }).fill('Order more paper');
  await page.getByRole('button', { name: 'Add to-do' }).click();
  const box = page.getByRole('checkbox', { name: 'Complete Order more paper' });
  await box.check();
  await expect(page.getByText('To-do completed')).toBeVisible();
  await page.locator('.toast', { hasText: 'To-do completed' }).getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('Undone')).toBeVisible();
  await expect(box).not.toBeChecked();

  await open(page, '/audit');
  for (const what of ['Add a to-do', 'Complete a to-do', 'Change undone']) {
    await expect(page.getByRole('row', { name: new RegExp(`${what}.*Order more paper.*Done`) })).toHaveCount(1);
  }
});

test('what waits for a yes can be put in other words first', async ({ page }) => {
  await signUp(page);
  await useSample(page);
  await open(page, '/chat');
  await say(page, 'Add a to-do called Order paper to the Website relaunch project, due Friday');
  await page.getByRole('button', { name: 'Content', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Approve', exact: true })).toBeVisible();
  await open(page, '/approvals');
  await page.locator('.inbox__item').first().click();
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await page.locator('.approval__edit input').first().fill('Order ink');
  await page.getByRole('button', { name: 'Approve with these words' }).click();
  await expect(page.getByText(/^Approved: Add a to-do/).first()).toBeVisible();
  await expect(page.getByText('Nothing is waiting for you')).toBeVisible();
  // The assistant goes on after the yes, in its own time; the log shows what was there when it was opened.
  await expect(async () => {
    await open(page, '/audit');
    await expect(page.getByRole('row', { name: /Add a to-do.*Order ink.*Done/ })).toHaveCount(1, { timeout: 2_000 });
  }).toPass({ timeout: 60_000 });
});

test('a reload of the studio leads back to the step that was open', async ({ page }) => {
  await signUp(page);
  const flow = await publish(page.request, 'Keep names', [setName('Keep the name'), setName('Keep it again')]);
  await open(page, `/flows/${flow.id}`);
  await page.locator('.node', { hasText: 'Keep it again' }).locator('.node__main').click();
  await expect(page).toHaveURL(/\?step=step_2$/);
  await open(page, page.url());
  await expect(page.getByRole('complementary', { name: 'Step 3: Keep it again' })).toBeVisible();
});
