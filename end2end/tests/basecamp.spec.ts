import { Basecamp } from './basecamp.js';
import { axe, expect, open, signUp, test as base } from './fixtures.js';

const test = base.extend<{ basecamp: Basecamp }>({
  basecamp: async ({}, use) => {
    const basecamp = await Basecamp.start();
    await use(basecamp);
    await basecamp.remove();
  },
});

test('a person signs in with Basecamp, and its data stays while Basecamp is away', async ({
  page,
  basecamp,
  startServer,
  consoleGuard,
}) => {
  // The page over there has no icon.
  consoleGuard.expect(/favicon\.ico/);
  // Twice the mirror has to look, which it does once a minute.
  test.setTimeout(600_000);
  const server = await startServer(basecamp.settings);
  await signUp(page, {}, server.url);
  await test.step('the first person, a super admin, names the app', async () => {
    await open(page, `${server.url}/integrations`);
    await page.getByLabel('Client id').fill(basecamp.app.id);
    await page.getByLabel('Client secret').fill('not the secret');
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await expect(page.getByText('does not know this id with this secret')).toBeVisible();
    await page.getByLabel('Client secret').fill(basecamp.app.secret);
    await page.getByRole('button', { name: 'Save the app' }).click();
    await expect(page.getByText('Registered')).toBeVisible();
    expect(await page.content()).not.toContain(basecamp.app.secret);
    await axe(page);
  });
  await test.step('they sign in over there and choose an account', async () => {
    await page.getByRole('link', { name: 'Connect Basecamp for everybody' }).click();
    await page.getByRole('link', { name: /amara@fernhill.example/ }).click();
    await page.waitForURL((url) => url.href.startsWith(`${server.url}/integrations`));
    await page.waitForSelector('body[data-hydrated="true"]');
    await page.getByLabel('Basecamp account').selectOption({ label: 'Fernhill Studio' });
    await page.getByRole('button', { name: 'Use this account' }).click();
    const row = page.getByRole('row', { name: /Fernhill Studio/ });
    await expect(row.getByText('Working')).toBeVisible();
  });
  const project = await test.step('projects are there', async () => {
    await open(page, `${server.url}/projects`);
    const link = page.getByRole('link', { name: 'Website relaunch' }).first();
    await expect(link).toBeVisible();
    return `${await link.getAttribute('href')}`;
  });
  await test.step('Basecamp goes away: what is there stays, and says so', async () => {
    await open(page, `${server.url}/integrations`);
    await expect(page.getByText('Changes in Basecamp arrive by themselves')).toBeVisible({ timeout: 180_000 });
    await open(page, `${server.url}${project}?tab=todos`);
    await expect(page.getByRole('checkbox', { name: /Complete Write the home page/ })).toBeVisible();
    await basecamp.shut();
    await expect(page.getByText('This may be out of date')).toBeVisible({ timeout: 180_000 });
    await expect(page.getByRole('checkbox', { name: /Complete Write the home page/ })).toBeVisible();
    await open(page, `${server.url}${project}?tab=todos`);
    await expect(page.getByRole('checkbox', { name: /Complete Write the home page/ })).toBeVisible();
    await expect(page.getByText('This may be out of date')).toBeVisible();
    await axe(page);
  });
  await test.step('it comes back: fresh again, by itself', async () => {
    await basecamp.open();
    await expect(page.getByText('This may be out of date')).toHaveCount(0, { timeout: 180_000 });
    await page.getByRole('checkbox', { name: /Complete Write the home page/ }).check();
    await expect(page.locator('.toast', { hasText: 'To-do completed' })).toBeVisible();
  });
});
