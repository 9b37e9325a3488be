import { expect, open, say, signUp, test, useSample } from './fixtures.js';

test('one key decides what waits, and what was typed is never taken for one', async ({ page }) => {
  await signUp(page);
  await useSample(page);
  await open(page, '/chat');
  await say(page, 'complete Menu board copy');
  await expect(page.getByRole('button', { name: 'Approve', exact: true })).toBeVisible();
  await open(page, '/approvals');
  const detail = page.getByRole('article', { name: 'The approval' });
  await expect(detail.getByText('Who can decide')).toBeVisible();
  await expect(detail.getByText('Who will see it')).toBeVisible();
  await page.keyboard.press('r');
  const reason = page.getByLabel('Why not, in one line');
  await expect(reason).toBeFocused();
  // In a field, letters are letters.
  await page.keyboard.type('a later day');
  await expect(reason).toHaveValue('a later day');
  await detail.getByRole('button', { name: 'Back' }).click();
  await page.keyboard.press('a');
  await expect(page.getByText(/^Approved: Complete a to-do/).first()).toBeVisible();
  await expect(page.getByText('Nothing is waiting for you')).toBeVisible();
});

test('a plan asks what it cannot know, and goes on with the answer', async ({ page, consoleGuard }) => {
  // A question is refused as a plan first.
  consoleGuard.expect(/422 \(Unprocessable/);
  await signUp(page);
  await useSample(page);
  await open(page, '/command-center');
  await page.getByLabel('What you want').fill('Add a to-do called Order paper to the Website relaunch project');
  await page.getByRole('button', { name: 'Make a plan' }).click();
  await expect(page.getByText('Which list?')).toBeVisible();
  await page.getByRole('group', { name: 'Answers' }).getByRole('button').first().click();
  await expect(page.getByRole('list', { name: 'Steps' }).getByRole('listitem')).toHaveCount(1);
});
