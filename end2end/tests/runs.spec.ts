import { axe, expect, open, signUp, test } from './fixtures.js';
import { draft, publish, send, setName, type Step } from './flows.js';

/** Sends to an address that nobody answers. */
const post: Step = {
  title: 'Tell the shop',
  piece: 'http',
  action: 'send_request',
  input: { method: 'POST', url: 'http://127.0.0.1:9/', headers: {}, queryParams: {}, authType: 'NONE', body_type: 'none' },
};

test('runs are narrowed by the address, and those that failed are tried again together', async ({ page }) => {
  await signUp(page);
  const fine = await publish(page.request, 'Keep names', [setName('Keep the name')]);
  const bad = await publish(page.request, 'Tell shops', [setName('Keep the name'), post]);
  await send(page.request, fine.address, { name: 'Reams of A4' });
  const failed = await send(page.request, bad.address, { name: 'Reams of A4' });
  await open(page, `/runs/${failed}`);
  await expect(page.getByText(/^Failed at step 3/).first()).toBeVisible();
  await expect(page.getByText('2 of 3 steps finished')).toBeVisible();

  await open(page, '/runs');
  const rows = page.getByRole('table', { name: 'Runs, newest first' }).locator('tbody tr');
  await expect(rows).toHaveCount(2);
  await axe(page);
  await page.getByRole('group', { name: 'State' }).getByRole('button', { name: 'Failed' }).click();
  await expect(page).toHaveURL(/state=failed/);
  await expect(rows).toHaveCount(1);
  await page.getByRole('searchbox', { name: 'Search runs' }).fill('keep');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'No run fits' })).toBeVisible();
  await page.getByRole('link', { name: 'Show all runs' }).click();
  await expect(rows).toHaveCount(2);

  await page.getByRole('button', { name: 'Retry 1 failed' }).click();
  const asked = page.getByRole('dialog', { name: 'Retry 1 failed run?' });
  await asked.getByRole('button', { name: 'Retry 1 run' }).click();
  await expect(page.getByText('1 run is tried again')).toBeVisible();
  await expect(rows).toHaveCount(3);
  await rows.first().getByRole('link', { name: 'Tell shops' }).click();
  await expect(page.getByText(/^Retry of/)).toContainText('from step 3');
});

test('a dry run is never taken for a run that was done', async ({ page }) => {
  await signUp(page);
  const id = await draft(page.request, 'Tell the shop', [post]);
  await open(page, `/flows/${id}`);
  await page.getByRole('button', { name: 'Test flow' }).first().click();
  await page.getByRole('button', { name: 'See what would change' }).click();
  await page.getByRole('link', { name: 'All details' }).first().click();
  await expect(page.getByText('Nothing changed').first()).toBeVisible();
  await expect(page.getByText('Dry run', { exact: true }).first()).toBeVisible();
  await expect(page.getByRole('list', { name: 'What would change' }).getByRole('listitem')).toHaveCount(1);
  await axe(page);
});

test('a flow of the list is renamed, copied and deleted from its menu', async ({ page }) => {
  await signUp(page);
  await draft(page.request, 'First name', [setName('Keep the name')]);
  await open(page, '/flows');
  await page.getByRole('button', { name: 'More for First name' }).click();
  await axe(page);
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  const dialog = page.getByRole('dialog', { name: 'Rename First name' });
  await dialog.getByLabel('Name').fill('Second name');
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await expect(page.getByText('The flow is called Second name now')).toBeVisible();
  await page.getByRole('button', { name: 'More for Second name' }).click();
  await page.getByRole('menuitem', { name: 'Duplicate' }).click();
  await expect(page.getByRole('link', { name: 'Copy of Second name' })).toBeVisible();
  await page.getByRole('button', { name: 'More for Copy of Second name' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete flow' }).click();
  await expect(page.getByRole('link', { name: 'Copy of Second name' })).toHaveCount(0);
});
