import { axe, expect, open, signUp, test, useSample } from './fixtures.js';

test('an agent is made, run, read, changed, paused and deleted', async ({ page, consoleGuard }) => {
  // The page of the deleted agent may be asked for once more before it is left.
  consoleGuard.expect(/404 \(Not Found\)/);
  // The form without a name.
  consoleGuard.expect(/400 \(Bad Request\)/);
  await signUp(page);
  await useSample(page);
  await open(page, '/agents');
  await expect(page.getByText('No agents yet')).toBeVisible();
  await page.getByRole('button', { name: 'New agent' }).click();
  const form = page.getByRole('dialog', { name: 'A new agent' });
  await form.getByRole('button', { name: 'Save the agent' }).click();
  await expect(form.getByText('Give it a name')).toBeVisible();
  // The focus goes to what is wrong; what is typed before that could go there too.
  await expect(form.getByLabel('Name')).toBeFocused();
  await form.getByLabel('Name').fill('Late things');
  await form.getByLabel('What it does each time').fill('what is overdue?');
  await form.getByLabel('When it runs').selectOption('Every hour');
  await form.getByRole('button', { name: 'Save the agent' }).click();
  const row = page.getByRole('row', { name: /Late things/ });
  await expect(row).toBeVisible();
  await row.getByRole('button', { name: 'Run now: Late things' }).click();
  await expect(row.getByText('Told what it would do')).toBeVisible();
  await axe(page);

  // A phone has everything the list is for.
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(row.getByRole('button', { name: 'Run now: Late things' })).toBeInViewport({ ratio: 1 });
  await expect(row.getByText('Told what it would do')).toBeInViewport();
  await expect(row.getByLabel('Late things runs by itself')).toBeAttached();
  await axe(page);
  await page.setViewportSize({ width: 1280, height: 800 });

  await row.getByRole('link', { name: 'Late things' }).click();
  await expect(page.getByText('9 to-dos are overdue').first()).toBeVisible();
  await expect(page.locator('.agent__found')).not.toContainText('**');
  await page.getByRole('button', { name: 'Change' }).click();
  const change = page.getByRole('dialog', { name: 'Change the agent' });
  await change.getByLabel('Name').fill('Late to-dos');
  await change.getByRole('button', { name: 'Save the agent' }).click();
  await expect(page.getByRole('heading', { name: 'Late to-dos' })).toBeVisible();
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Run now' })).toBeHidden();
  await axe(page);
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete it' }).click();
  await expect(page.getByText('No agents yet')).toBeVisible();
});

test('people and reports show the figures of the projects', async ({ page }) => {
  await signUp(page);
  await open(page, '/people');
  await expect(page.getByText('Basecamp is not connected').first()).toBeVisible();
  await useSample(page);
  await open(page, '/people');
  await expect(page.getByRole('cell', { name: /Amara Osei/ })).toBeVisible();
  await page.getByLabel('Project', { exact: true }).selectOption({ label: 'Website relaunch' });
  await expect(page.getByText(/From .* to |Nothing needs to move/).first()).toBeVisible();

  await open(page, '/reports');
  await expect(page.getByRole('heading', { name: 'What it says' })).toBeVisible();
  await page.getByLabel('Report', { exact: true }).selectOption('Decisions');
  await expect(page.getByText('The decisions report is about one project.')).toBeVisible();
  await page.getByLabel('Project', { exact: true }).selectOption({ label: 'Website relaunch' });
  await expect(page.getByRole('heading', { name: 'Action items' })).toBeVisible();
  expect(page.url()).toContain('report=decisions');
  await axe(page);
});
