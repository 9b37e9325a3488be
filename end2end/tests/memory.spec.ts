import { axe, expect, open, signUp, test } from './fixtures.js';

test('a note of the assistant is added, found, changed and deleted', async ({ page, consoleGuard }) => {
  // An empty note is refused.
  consoleGuard.expect(/400 \(Bad Request\)/);
  await signUp(page);
  await open(page, '/settings/memory');
  await expect(page.getByText('No notes yet')).toBeVisible();
  await page.getByRole('button', { name: 'Add a note' }).click();
  const form = page.getByRole('dialog');
  await form.getByRole('button', { name: 'Keep the note' }).click();
  await expect(form.getByText('Write what should be remembered')).toBeVisible();
  await form.getByLabel('What should be remembered').fill('Invoices go out on the last Friday');
  await form.getByLabel('Who it is for').selectOption({ label: 'Everybody in the workspace' });
  await axe(page);
  await form.getByRole('button', { name: 'Keep the note' }).click();
  const note = page.getByRole('listitem').filter({ hasText: 'Invoices go out' });
  await expect(note.getByText('A person wrote it')).toBeVisible();
  await expect(note.getByText('Everybody in the workspace')).toBeVisible();

  await note.getByRole('button', { name: /^Change: Invoices/ }).click();
  await form.getByLabel('What should be remembered').fill('Invoices go out on the first Monday');
  await form.getByRole('button', { name: 'Keep the note' }).click();
  await expect(page.getByText('Invoices go out on the first Monday')).toBeVisible();
  await axe(page);

  const search = page.getByRole('searchbox', { name: 'Search notes' });
  await search.fill('printer');
  await search.press('Enter');
  await expect(page.getByText('No note matches')).toBeVisible();
  await search.fill('monday');
  await search.press('Enter');
  await expect(page.getByText('Invoices go out on the first Monday')).toBeVisible();

  await page.getByRole('button', { name: /^Delete: Invoices/ }).click();
  await expect(page.locator('.toast', { hasText: 'The note is deleted' })).toBeVisible();
  await expect(page.getByText('Invoices go out on the first Monday')).toHaveCount(0);
});
