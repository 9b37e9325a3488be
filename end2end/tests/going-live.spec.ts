import { axe, expect, invite, join, open, signUp, test } from './fixtures.js';
import { draft, setName } from './flows.js';

test('a member asks to publish, and an admin agrees', async ({ page, otherPage, consoleGuard }) => {
  // That it waits is told with a status of its own.
  consoleGuard.expect(/409 \(Conflict\)/);
  await signUp(page);
  await open(otherPage, await invite(page, 'member'));
  await join(otherPage);
  const id = await draft(page.request, 'Greet', [setName('Take the name')]);

  await open(otherPage, `/flows/${id}`);
  await otherPage.getByRole('button', { name: 'Ask to publish' }).click();
  await otherPage.getByRole('dialog').getByRole('button', { name: 'Ask an admin' }).click();
  await expect(otherPage.getByText('An admin was asked')).toBeVisible();
  await axe(otherPage);

  await open(page, '/approvals');
  await page.locator('.inbox__item').first().click();
  await page.getByRole('button', { name: 'Approve' }).first().click();
  await expect(page.getByRole('button', { name: 'Approve' })).toHaveCount(0);
  await open(page, `/flows/${id}`);
  await expect(page.getByRole('button', { name: 'Publish' })).toHaveCount(0);
});
