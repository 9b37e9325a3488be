import type { Page } from '@playwright/test';
import { expect, hydrated, open, signUp, test, useSample } from './fixtures.js';

/** Opens a tab of the sample's website project in a new workspace. */
async function onTab(page: Page, tab: string): Promise<void> {
  await signUp(page);
  await useSample(page);
  await open(page, '/projects');
  const project = await page.getByRole('link', { name: 'Website relaunch' }).first().getAttribute('href');
  await open(page, `${project}?tab=${tab}`);
}

/** Takes back what the toast with these words says. */
async function undo(page: Page, words: string): Promise<void> {
  await page.locator('.toast', { hasText: words }).getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator('.toast', { hasText: 'Undone' }).last()).toBeVisible();
}

test('the first tab tells what is new, what comes, which flows work here and how much there is', async ({ page }) => {
  await onTab(page, 'overview');
  const card = (name: string) => page.locator('section.card', { has: page.getByRole('heading', { name, exact: true }) });
  await expect(card('Coming up').locator('.datechip').first()).toBeVisible();
  await expect(card('Flows here')).toContainText('No flow works in this project yet');
  // The mirror counts once it is filled.
  const todos = page.getByRole('tab', { name: /^To-dos\s*\d+$/ });
  await expect(async () => {
    await open(page, page.url());
    await expect(todos).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 60_000 });
  const box = page.getByRole('checkbox', { name: /^Complete / }).first();
  const title = ((await box.getAttribute('aria-label')) ?? '').replace(/^Complete /, '');
  await box.check();
  await expect(page.locator('.toast', { hasText: 'To-do completed' })).toBeVisible();
  await expect(card('Latest').getByRole('listitem').filter({ hasText: title }).first()).toContainText('completed');
});

test('to-dos are added, completed and changed in place, each with undo', async ({ page }) => {
  await onTab(page, 'todos');
  await page.getByRole('button', { name: 'Add to Content' }).click();
  await page.getByLabel('To-do', { exact: true }).fill('Order more paper');
  await page.getByLabel('Due day').fill('2030-03-04');
  await page.getByRole('button', { name: 'Add to-do' }).click();
  const box = page.getByRole('checkbox', { name: 'Complete Order more paper' });
  await expect(box).toBeVisible();
  await box.focus();
  await page.keyboard.press('Space');
  await expect(box).toBeChecked();
  await undo(page, 'To-do completed');
  await expect(box).not.toBeChecked();

  await page.getByRole('link', { name: 'Order more paper' }).click();
  const drawer = page.getByRole('dialog', { name: 'Record' });
  await drawer.getByRole('button', { name: 'Edit' }).click();
  await drawer.getByLabel('Title').fill('Order much more paper');
  await drawer.getByRole('checkbox', { name: 'Theo Marsh' }).check();
  await drawer.getByRole('button', { name: 'Save' }).click();
  await expect(drawer.getByRole('heading', { name: 'Order much more paper' })).toBeVisible();
  await undo(page, 'Changes saved');
  await expect(drawer.getByRole('heading', { name: 'Order more paper' })).toBeVisible();
  await drawer.getByLabel('Your comment').fill('From the small shop');
  await drawer.getByRole('button', { name: 'Comment' }).click();
  await expect(drawer.locator('.talk').getByText('From the small shop')).toBeVisible();
  await undo(page, 'Comment posted');
  await expect(drawer.locator('.talk').getByText('From the small shop')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/\?tab=todos$/);
  await expect(page.getByRole('link', { name: 'Order more paper' })).toBeFocused();
});

test('cards are moved by key and by menu', async ({ page }) => {
  await onTab(page, 'board');
  const column = (name: string) => page.locator('.board__col', { has: page.getByRole('heading', { name }) });
  const card = page.getByRole('link', { name: 'Checkout copy' });
  await expect(column('In progress').locator(card)).toBeVisible();
  await card.focus();
  await page.keyboard.press('Shift+ArrowRight');
  await expect(column('Review').locator(card)).toBeVisible();
  await undo(page, 'Card moved');
  await expect(column('In progress').locator(card)).toBeVisible();
  await page.getByRole('button', { name: 'Move Checkout copy' }).click();
  // The page shows the card where it goes before the server answers; a reload in between would take the request along.
  const stored = page.waitForResponse((answer) => answer.url().endsWith('/fn/act') && answer.ok());
  await page.getByRole('menuitem', { name: 'Triage' }).click();
  await expect(column('Triage').locator(card)).toBeVisible();
  await stored;
  await open(page, page.url());
  await expect(column('Triage').locator(card)).toBeVisible();
});

test('messages are posted and read, dates are added', async ({ page, consoleGuard }) => {
  // A date without a title is refused.
  consoleGuard.expect(/400 \(Bad Request\)/);
  await onTab(page, 'messages');
  await page.getByRole('button', { name: 'Post a message' }).click();
  await page.getByLabel('Subject').fill('Open on Monday');
  await page.getByLabel('Message', { exact: true }).fill('We start at nine.');
  await page.getByRole('button', { name: 'Post message' }).click();
  await undo(page, 'Message posted');
  await expect(page.getByRole('link', { name: 'Open on Monday' })).toHaveCount(0);

  await page.getByRole('link', { name: 'Launch plan' }).click();
  await expect(page.getByRole('dialog', { name: 'Record' }).getByText('We go live on a Tuesday morning.')).toBeVisible();
  await page.keyboard.press('Escape');

  await page.getByRole('tab', { name: 'Schedule' }).click();
  await page.getByRole('button', { name: 'Add a date' }).click();
  await page.getByRole('button', { name: 'Add date' }).click();
  await expect(page.getByText('Give it a title')).toBeVisible();
  await page.getByLabel('What').fill('Paper fair');
  await page.getByLabel('Day', { exact: true }).fill('2030-03-04');
  await page.getByRole('button', { name: 'Add date' }).click();
  await expect(page.getByRole('link', { name: 'Paper fair' })).toBeVisible();
  await undo(page, 'Date added');
  await expect(page.getByRole('link', { name: 'Paper fair' })).toHaveCount(0);
});

test('a message is changed and put into the trash, each with undo', async ({ page }) => {
  await onTab(page, 'messages');
  await page.getByRole('link', { name: 'Launch plan' }).click();
  const record = page.getByRole('dialog', { name: 'Record' });
  await record.getByRole('button', { name: 'Edit' }).click();
  await record.getByLabel('Title').fill('Launch plan, second draft');
  await record.getByRole('button', { name: 'Save' }).click();
  await expect(record.getByRole('heading', { name: 'Launch plan, second draft' })).toBeVisible();
  await undo(page, 'Changes saved');
  await expect(record.getByRole('heading', { name: 'Launch plan', exact: true })).toBeVisible();
  await record.getByRole('button', { name: 'Move to trash' }).click();
  await expect(page.getByRole('link', { name: 'Launch plan' })).toHaveCount(0);
  await undo(page, 'Moved to the trash');
  await expect(page.getByRole('link', { name: 'Launch plan' })).toBeVisible();
});

test('a list is made, with undo', async ({ page }) => {
  await onTab(page, 'todos');
  await page.getByRole('button', { name: 'Make a list' }).click();
  await page.getByLabel('Name of the list').fill('Print');
  await page.getByRole('button', { name: 'Add list' }).click();
  await expect(page.getByRole('heading', { name: 'Print', exact: true })).toBeVisible();
  await undo(page, 'List added');
  await expect(page.getByRole('heading', { name: 'Print', exact: true })).toHaveCount(0);
});

test('documents are written and files are put there, each with undo', async ({ page, consoleGuard }) => {
  // A form without a file is refused here, one without a title by the server.
  consoleGuard.expect(/400 \(Bad Request\)/);
  await onTab(page, 'files');
  await page.getByRole('button', { name: 'Write a document' }).click();
  await page.getByRole('button', { name: 'Add document' }).click();
  await expect(page.getByText('Give it a title')).toBeVisible();
  await page.getByLabel('Title').fill('House style');
  await page.getByLabel('Words').fill('Plain words, short lines.');
  await page.getByRole('button', { name: 'Add document' }).click();
  await expect(page.getByRole('link', { name: 'House style' })).toBeVisible();
  await undo(page, 'Document added');
  await expect(page.getByRole('link', { name: 'House style' })).toHaveCount(0);

  await page.getByRole('button', { name: 'Upload a file' }).click();
  await page.getByRole('button', { name: 'Upload file' }).click();
  await expect(page.getByText('Choose a file')).toBeVisible();
  await page.getByLabel('File', { exact: true }).setInputFiles({
    name: 'opening hours.txt',
    mimeType: 'text/plain',
    // Larger than any form could be.
    buffer: Buffer.alloc(3_000_000, 'We open at nine. '),
  });
  await page.getByRole('button', { name: 'Upload file' }).click();
  await expect(page.getByRole('link', { name: /opening hours/ })).toBeVisible();
  await undo(page, 'File uploaded');
  await expect(page.getByRole('link', { name: /opening hours/ })).toHaveCount(0);
});

test('health says what makes the score', async ({ page }) => {
  await onTab(page, 'health');
  await expect(page.getByRole('heading', { name: /^Health \d+ of 100$/ })).toBeVisible();
  for (const part of ['Activity', 'Pace', 'Completion', 'Conversation']) {
    await expect(page.getByRole('progressbar', { name: new RegExp(`^${part}, \\d+ of 100$`) })).toBeVisible();
  }
  await expect(page.getByText(/\d+ of \d+ to-dos done, \d+ overdue/)).toBeVisible();
});

test('what is done in one window is seen in another', async ({ page, context }) => {
  await onTab(page, 'todos');
  const other = await context.newPage();
  await other.goto(page.url());
  await hydrated(other);
  const name = 'Complete Write the home page introduction';
  await expect(other.getByRole('checkbox', { name })).not.toBeChecked();
  await page.getByRole('checkbox', { name }).check();
  await expect(page.locator('.toast', { hasText: 'To-do completed' })).toBeVisible();
  await expect(other.getByRole('checkbox', { name })).toBeChecked();
});

test('a change that fails goes back and says why', async ({ page, consoleGuard }) => {
  consoleGuard.expect(/ERR_FAILED|Failed to fetch|net::/);
  await onTab(page, 'todos');
  const box = page.getByRole('checkbox', { name: 'Complete Write the home page introduction' });
  await expect(box).not.toBeChecked();
  await page.route('**/fn/act', (route) => route.abort());
  await box.click();
  await expect(page.locator('.toast', { hasText: 'It is as it was' })).toBeVisible();
  await expect(box).not.toBeChecked();
});
