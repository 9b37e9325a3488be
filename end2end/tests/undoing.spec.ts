import { axe, expect, open, say, signUp, test, useSample } from './fixtures.js';
import type { Page } from '@playwright/test';

/** Completes a to-do in a new conversation, with the yes that it needs. */
async function complete(page: Page, todo: string): Promise<void> {
  await open(page, '/chat');
  await say(page, `complete ${todo}`);
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await expect(page.getByText(/^Approved: Complete a to-do/)).toBeVisible();
}

test('what the assistant changed is undone at its approval, and its trace says so', async ({ page }) => {
  await signUp(page);
  await useSample(page);
  await complete(page, 'Menu board copy');
  const name = /Complete a to-do, “Menu board copy”$/;
  const undo = page.locator('.decided').getByRole('button', { name });
  await expect(undo).toHaveText('Undo');
  await axe(page);
  await undo.focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('.toast', { hasText: 'Undone: Complete a to-do' })).toBeVisible();
  await expect(undo).toHaveText('Undone');
  await expect(undo).toBeFocused();
  await expect(undo).toHaveAttribute('aria-disabled', 'true');

  const trace = page.getByRole('group', { name: 'What the assistant did' }).last();
  await trace.locator('summary').first().click();
  await expect(trace.getByRole('button', { name })).toHaveText('Undone');
  await page.reload();
  await expect(undo).toHaveText('Undone');
  await say(page, 'is Menu board copy done?');
  await expect(page.locator('.msg--ai').last()).toContainText(/open|not done|not completed/i);
});

test('a change is undone from its line of the trace', async ({ page }) => {
  await signUp(page);
  await useSample(page);
  await complete(page, 'Menu board copy');
  const trace = page.getByRole('group', { name: 'What the assistant did' }).last();
  await trace.locator('summary').first().click();
  const undo = trace.getByRole('button', { name: /^Undo: Complete a to-do/ });
  await axe(page);
  await undo.click();
  await expect(trace.getByRole('button', { name: /^Undone: Complete a to-do/ })).toBeVisible();
  await expect(page.locator('.decided').getByRole('button')).toHaveText('Undone');
});

test('what was approved is undone from the list of decisions', async ({ page }) => {
  await signUp(page);
  await useSample(page);
  await complete(page, 'Menu board copy');
  await open(page, '/approvals?tab=decided');
  const detail = page.getByRole('article', { name: 'The approval' });
  await detail.getByRole('button', { name: /^Undo: Complete a to-do/ }).click();
  await expect(page.locator('.toast', { hasText: 'Undone: Complete a to-do' })).toBeVisible();
  await expect(detail.getByRole('button', { name: /^Undone: / })).toBeVisible();
  await axe(page);
});

test('recent activity offers to undo, once', async ({ page }) => {
  await signUp(page);
  await useSample(page);
  await complete(page, 'Menu board copy');
  await open(page, '/');
  const recent = page.getByRole('region', { name: 'Recent activity' });
  const row = recent.getByRole('listitem').filter({ hasText: /completed.*Menu board copy/ });
  await expect(row).toHaveCount(1);
  await axe(page);
  await row.getByRole('button', { name: /^Undo: Complete a to-do/ }).click();
  await expect(page.locator('.toast', { hasText: 'Undone: Complete a to-do' })).toBeVisible();
  await expect(recent.getByRole('button', { name: /Complete a to-do/ })).toHaveCount(0);
});
