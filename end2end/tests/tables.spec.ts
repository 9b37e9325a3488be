import { axe, expect, open, signUp, test } from './fixtures.js';

test('a table is made, filled from a file, changed and emptied', async ({ page }) => {
  await signUp(page);
  await open(page, '/flows/tables');
  await expect(page.getByText('No tables yet')).toBeVisible();
  await page.getByRole('button', { name: 'New table' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Table').fill('Orders');
  await form.getByLabel('Cells').fill('Item: Ink\nCount: 3');
  await axe(page);
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { name: 'Orders' })).toBeVisible();
  await expect(page.getByRole('cell', { name: 'Ink' })).toBeVisible();

  await page.getByRole('button', { name: 'Import CSV' }).click();
  await form.getByLabel('Or paste it').fill('Item,Count\nPaper,4\nPens,5\n');
  await form.getByRole('button', { name: 'Import' }).click();
  await expect(page.getByText('Rows 1 to 3 of 3')).toBeVisible();
  await axe(page);

  await page.getByRole('row', { name: /Pens/ }).getByRole('button', { name: 'Change this row' }).click();
  await form.getByLabel('Cells').fill('Item: Pencils\nCount: 6');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('cell', { name: 'Pencils' })).toBeVisible();

  await page.getByRole('row', { name: /Ink/ }).getByRole('button', { name: 'Remove this row' }).click();
  await form.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByText('Rows 1 to 2 of 2')).toBeVisible();
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  expect((await saved).suggestedFilename()).toBe('Orders.csv');
});

test('the flow engine is tried out, and how long runs are kept is changed', async ({ page }) => {
  await signUp(page);
  await open(page, '/setup/engine');
  await page.getByRole('button', { name: 'Test the engine' }).click();
  await expect(page.getByText('The flow engine is ready')).toBeVisible();
  await axe(page);

  await open(page, '/settings/runs');
  await page.getByLabel('Days').fill('90');
  await page.getByRole('button', { name: 'See what would go' }).click();
  await expect(page.getByText('No run would go.')).toBeVisible();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('.toast', { hasText: 'Runs are kept so from now on' })).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Days')).toHaveValue('90');
});
