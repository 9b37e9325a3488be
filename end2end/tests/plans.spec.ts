import { axe, expect, open, signUp, test, useSample } from './fixtures.js';

test('an objective becomes a plan, and what is wanted of it is carried out', async ({ page, consoleGuard }) => {
  // What is not understood is refused.
  consoleGuard.expect(/422 \(Unprocessable/);
  await signUp(page);
  await useSample(page);
  await open(page, '/command-center');
  await expect(page.getByText('No plan yet')).toBeVisible();
  const objective = page.getByLabel('What you want');
  await objective.fill('Dance on the table');
  await page.getByRole('button', { name: 'Make a plan' }).click();
  await expect(page.getByText('This objective was not understood')).toBeVisible();
  await objective.fill('Complete Menu board copy and complete Mobile menu');
  await page.getByRole('button', { name: 'Make a plan' }).click();
  const steps = page.getByRole('list', { name: 'Steps' });
  await expect(steps.getByRole('listitem')).toHaveCount(2);
  await expect(steps.getByText('Changes something').first()).toBeVisible();
  await axe(page);
  await steps.getByRole('checkbox').nth(1).uncheck();
  await page.getByRole('button', { name: 'Carry it out' }).click();
  await page.waitForURL(/\/chat\//);
  await page.getByRole('button', { name: 'Approve' }).first().click();
  await expect(page.getByText('1 of 1 steps are done').first()).toBeVisible();
  await open(page, '/command-center');
  await expect(page.getByRole('link', { name: /Open what came of Complete Menu board copy/ })).toBeVisible();
});
