import type { Page } from '@playwright/test';
import { axe, expect, hydrated, open, signUp, test } from './fixtures.js';
import { draft, setName } from './flows.js';

/** `guest` joins the workspace of `page` as a member. */
async function join(page: Page, guest: Page): Promise<void> {
  const data = { email: `mika.${crypto.randomUUID().slice(0, 8)}@fernhill.example`, role: 'member' };
  const answer = await page.request.post('/api/pmos/invitations', { data });
  const { link } = (await answer.json()) as { link: string };
  await open(guest, new URL(link).pathname);
  await guest.getByLabel('Your name').fill('Mika Holm');
  await guest.getByLabel('Password', { exact: true }).fill('a short sentence works well');
  await guest.getByRole('button', { name: /join|accept|create/i }).click();
  await guest.waitForURL((url) => !url.pathname.startsWith('/invite'));
  await hydrated(guest);
}

test('a member asks to publish, and an admin agrees', async ({ page, otherPage, consoleGuard }) => {
  // That it waits is told with a status of its own.
  consoleGuard.expect(/409 \(Conflict\)/);
  await signUp(page);
  await join(page, otherPage);
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
