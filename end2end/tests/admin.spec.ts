import { axe, expect, open, signUp, test } from './fixtures.js';

test('a super admin runs commands in the shell, ends the session and finds both in the log', async ({ page, freshServer, consoleGuard }) => {
  // A word that is no command is refused.
  consoleGuard.expect(/400 \(Bad Request\)/);
  await signUp(page, {}, freshServer.url);
  await open(page, `${freshServer.url}/shell`);
  await page.getByRole('button', { name: 'Open a session' }).click();
  await expect(page.getByText('This session is recorded.')).toBeVisible();
  const output = page.getByRole('log', { name: 'Terminal output' });
  await page.getByRole('button', { name: 'pmos status' }).click();
  await expect(output.getByText('workspaces: 1, people: 1')).toBeVisible();
  const command = page.getByRole('textbox', { name: 'Command', exact: true });
  await command.fill('pmos audit verify');
  await command.press('Enter');
  await expect(output.getByText('no number is missing')).toBeVisible();
  await command.fill('rm -rf /');
  await command.press('Enter');
  await expect(output.getByText(/There is no such command\. There are: help/)).toBeVisible();
  await axe(page);

  await open(page, `${freshServer.url}/shell`);
  await expect(output.getByText('no number is missing')).toBeVisible();
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect(output.getByText('no number is missing')).toHaveCount(0);
  await command.press('ArrowUp');
  await command.press('ArrowUp');
  await expect(command).toHaveValue('pmos audit verify');
  await page.getByRole('button', { name: 'End session' }).click();
  await expect(page.getByText('No session is open')).toBeVisible();

  await open(page, `${freshServer.url}/audit`);
  await expect(page.getByText('Shell used').first()).toBeVisible();
  await expect(page.getByText('pmos audit verify')).toHaveCount(1);
  await expect(page.getByText('Shell closed')).toBeVisible();
});

test('others find no shell in the menu, and its address refuses them', async ({ page, otherPage, freshServer, consoleGuard }) => {
  consoleGuard.expect(/403 \(Forbidden\)/);
  await signUp(page, {}, freshServer.url);
  await signUp(otherPage, { name: 'Priya Raman' }, freshServer.url);
  await open(otherPage, `${freshServer.url}/settings/profile`);
  await expect(otherPage.getByRole('link', { name: 'Audit' }).first()).toBeVisible();
  expect(await otherPage.content()).not.toContain('href="/shell"');
  const answer = await otherPage.goto(`${freshServer.url}/shell`);
  expect(answer?.status()).toBe(403);
  await expect(otherPage.getByRole('heading', { name: 'Only a super admin can open the shell' })).toBeVisible();
  await otherPage.getByRole('link', { name: 'Go to Home' }).click();
  await otherPage.waitForURL(`${freshServer.url}/`);
});

test('a super admin enters another workspace, and its log says so', async ({ page, otherPage, freshServer }) => {
  await signUp(page, {}, freshServer.url);
  await signUp(otherPage, { name: 'Priya Raman' }, freshServer.url);
  await open(page, `${freshServer.url}/workspaces`);
  await expect(page.getByText('You are here')).toBeVisible();
  await axe(page);
  await page.getByRole('button', { name: /^Enter Priya Raman/ }).click();
  await page.waitForURL(`${freshServer.url}/`);
  await expect(page.locator('header .ws')).toContainText('Priya Raman');
  await open(otherPage, `${freshServer.url}/audit`);
  await expect(otherPage.getByText('Workspace entered')).toBeVisible();
});

test('settings of the server count at once', async ({ page, otherPage, freshServer, consoleGuard }) => {
  // A wrong address is refused.
  consoleGuard.expect(/400 \(Bad Request\)/);
  await signUp(page, {}, freshServer.url);
  await open(page, `${freshServer.url}/settings/server`);
  const outgoing = page.getByLabel('Private addresses that flows may reach');
  await outgoing.fill('10.0.0.0/99');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText(/Give hosts, host:port or ranges/)).toBeVisible();
  await outgoing.fill('10.0.0.0/8');
  await page.getByLabel('Sign-up', { exact: true }).selectOption('closed');
  await page.getByLabel('Questions a second, each workspace').fill('3');
  await axe(page);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('.toast', { hasText: "The server's settings are saved" })).toBeVisible();
  await open(otherPage, `${freshServer.url}/sign-up`);
  await expect(otherPage.getByText(/closed/i).first()).toBeVisible();
  await open(page, `${freshServer.url}/settings/server`);
  await expect(page.getByLabel('Questions a second, each workspace')).toHaveValue('3');
  await expect(outgoing).toHaveValue('10.0.0.0/8');
});
