import { axe, expect, open, say, signUp, test, useSample } from './fixtures.js';

const WISH = 'When a webhook arrives, add a to-do called {{name}} to the Website relaunch project and tell me';
const WEBHOOK = /https?:\/\/[^\s'"]+\/api\/v1\/webhooks\/[0-9a-f]+/;

test('from sign-up to a flow that ran, in one sitting', async ({ page, request }) => {
  await signUp(page);
  await useSample(page);

  await open(page, '/projects');
  await expect(page.getByText('Website relaunch').first()).toBeVisible();
  await axe(page);

  await open(page, '/chat');
  await say(page, WISH);
  await expect(page.locator('.msg--ai .prose').getByText('Which list?').last()).toBeVisible();
  await page.getByRole('button', { name: 'Content', exact: true }).click();
  await expect(page.locator('.msg--ai .prose').getByText('It is a draft').last()).toBeVisible();

  await say(page, 'publish it');
  await page.getByRole('button', { name: 'Approve' }).first().click();
  await expect(page.locator('.msg--ai .prose').getByText(/It is on/).last()).toBeVisible();

  const flow = await page.locator('main a[href^="/flows/"]').first().getAttribute('href');
  await open(page, flow ?? '');
  await expect(page.getByText('Add a to-do').first()).toBeVisible();
  // The address is asked for once the page stands.
  let address = '';
  await expect
    .poll(async () => (address = WEBHOOK.exec(await page.locator('body').innerText())?.[0] ?? ''))
    .not.toBe('');

  const answer = await request.post(address, { data: { name: 'Order more paper' } });
  expect(answer.status()).toBe(200);
  const { runId } = (await answer.json()) as { runId: string };
  await open(page, `/runs/${runId}`);
  await expect(page.getByText('Succeeded').first()).toBeVisible();

  await open(page, '/chat');
  await say(page, 'complete Order more paper');
  await expect(page.getByRole('button', { name: 'Approve' }).first()).toBeVisible();
});

test('what is overdue is told with links, and a change waits for a person', async ({ page }) => {
  await signUp(page);
  await useSample(page);
  await open(page, '/chat');
  await say(page, 'what is overdue?');
  await expect(page.locator('.msg--ai .prose').getByText('9 to-dos are overdue').last()).toBeVisible();
  const record = page.getByRole('link', { name: 'Menu board copy', exact: true });
  await expect(record).toHaveAttribute('href', /^\/projects\/\d+\?item=\d+$/);
  await record.click();
  await expect(page.getByRole('dialog', { name: 'Record' }).getByText('Menu board copy').first()).toBeVisible();
  await page.goBack();
  await expect(record).toBeVisible();

  await say(page, 'complete Menu board copy');
  await page.getByRole('button', { name: 'Reject' }).first().click();
  await page.getByLabel('Why not, in one line').fill('not yet');
  await page.getByRole('button', { name: 'Reject' }).last().click();
  await expect(page.getByText(/^Rejected: Complete a to-do/)).toBeVisible();
  await say(page, 'what is overdue?');
  await expect(page.getByText('9 to-dos are overdue').last()).toBeVisible();

  await say(page, 'complete Menu board copy');
  await page.getByRole('button', { name: 'Approve' }).first().click();
  await expect(page.getByText(/^Approved: Complete a to-do/)).toBeVisible();
  await say(page, 'what is overdue?');
  await expect(page.locator('.msg--ai .prose').getByText('8 to-dos are overdue').last()).toBeVisible();

  await open(page, '/audit');
  await expect(page.getByText(/Complete a to-do/).first()).toBeVisible();
});
