import { axe, expect, hydrated, open, say, signUp, test } from './fixtures.js';

const CSV = 'Item,Price,Status\nInk,3.50,open\nPaper,4,done\n';

test('files go with a message, and a CSV is answered from', async ({ page }) => {
  await signUp(page);
  await open(page, '/chat');
  const input = page.locator('.chatpage__main input[type=file]');
  await input.setInputFiles([
    { name: 'orders.csv', mimeType: 'text/csv', buffer: Buffer.from(CSV) },
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('Order ink\n') },
  ]);
  const files = page.locator('.composer').getByRole('list', { name: 'Files beside this message' });
  await expect(files.getByText('orders.csv')).toBeVisible();
  await expect(files.getByText('notes.txt')).toBeVisible();
  await axe(page);
  await files.getByRole('button', { name: 'Remove notes.txt' }).click();
  await expect(files.getByText('notes.txt')).toHaveCount(0);

  await say(page, 'What is the sum of Price?');
  await expect(page.locator('.msg--ai .prose').getByText('7.5').last()).toBeVisible();
  await page.reload();
  await hydrated(page);
  await expect(page.locator('.msg--me').getByRole('link', { name: /orders\.csv/ })).toBeVisible();
  await say(page, 'show rows where Status is open');
  await expect(page.locator('.msg--ai .prose').getByRole('cell', { name: 'Ink' }).last()).toBeVisible();
  await axe(page);
});

test('a file that is too large is refused before it is sent', async ({ page }) => {
  await signUp(page);
  await open(page, '/chat');
  const buffer = Buffer.alloc(1_500_000, 'x');
  await page.locator('.chatpage__main input[type=file]').setInputFiles([{ name: 'big.txt', mimeType: 'text/plain', buffer }]);
  await expect(page.getByText('It is larger than 1.4 MB')).toBeVisible();
});
