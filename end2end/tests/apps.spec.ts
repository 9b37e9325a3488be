import { axe, expect, open, signUp, test } from './fixtures.js';
import { publish } from './flows.js';

test('a flow becomes an app that a stranger runs', async ({ page, otherPage, consoleGuard }) => {
  // The stranger sends the form empty first.
  consoleGuard.expect(/400 \(Bad Request\)/);
  await signUp(page);
  await publish(page.request, 'Shout', [
    {
      title: 'Write it loud',
      piece: 'text-helper',
      action: 'change_case',
      input: { text: "{{trigger['body']['words']}}", case: 'upper' },
    },
  ]);
  await open(page, '/apps');
  await page.getByRole('main').getByRole('link', { name: 'Publish an app' }).first().click();
  await page.getByLabel('Flow', { exact: true }).selectOption({ label: 'Shout' });
  const name = `Shout it ${crypto.randomUUID().slice(0, 8)}`;
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('What it does').fill('Writes a line in capital letters.');
  await page.getByLabel('Category').fill('Writing');
  // What the flow reads of a request is what its app asks.
  await expect(page.getByLabel('Name in the flow')).toHaveValue('words');
  await page.getByLabel('Question').fill('Your words');
  await page.getByRole('checkbox', { name: 'Required' }).check();
  await page.getByLabel('For', { exact: true }).selectOption('external');
  await axe(page);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  const address = new URL(page.url()).pathname;

  await open(otherPage, '/apps');
  await otherPage.getByRole('searchbox', { name: 'Search apps' }).fill(name);
  await axe(otherPage);
  await otherPage.getByRole('link', { name }).first().click();
  await expect(otherPage).toHaveURL(address);
  await expect(otherPage.getByRole('heading', { level: 1, name })).toBeVisible();
  await otherPage.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(otherPage.getByText('Fill in Your words')).toBeVisible();
  await otherPage.getByLabel(/Your words/).fill('good morning');
  await otherPage.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(otherPage.getByText('GOOD MORNING')).toBeVisible();
  await expect(otherPage.getByRole('cell', { name: 'Succeeded' })).toHaveCount(1);
  await axe(otherPage);

  await otherPage.getByLabel(/Your words/).fill('good night');
  await otherPage.getByRole('button', { name: 'Run in background' }).click();
  await expect(otherPage.getByText('GOOD NIGHT')).toBeVisible();
  await expect(otherPage.getByRole('cell', { name: 'Succeeded' })).toHaveCount(2);
  await otherPage.getByRole('button', { name: 'Reset' }).click();
  await expect(otherPage.getByLabel(/Your words/)).toHaveValue('');
  await expect(otherPage.getByText('GOOD NIGHT')).toHaveCount(0);
});

test('the apps that come with PM OS are made and one is run', async ({ page }) => {
  await signUp(page);
  await open(page, '/apps/publisher');
  await page.getByRole('button', { name: 'Make the apps that come with PM OS' }).click();
  await page.getByRole('link', { name: 'Hours of a budget' }).click();
  await page.getByLabel(/Budget/).fill('480');
  await page.getByLabel(/Rate/).fill('96');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByText('5 hours')).toBeVisible();
});

test('a visitor is asked to sign in before publishing', async ({ page }) => {
  await open(page, '/apps/publisher');
  await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/sign-in\?then=/);
});
