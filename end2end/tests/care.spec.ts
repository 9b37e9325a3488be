import { readFile } from 'node:fs/promises';
import { axe, expect, open, signUp, test } from './fixtures.js';

test('an admin checks the audit log, compares a line and takes the log along', async ({ page, freshServer, consoleGuard }) => {
  // A line that is none is refused.
  consoleGuard.expect(/400 \(Bad Request\)/);
  await signUp(page, {}, freshServer.url);
  await open(page, `${freshServer.url}/audit`);
  await page.getByRole('button', { name: 'Verify' }).click();
  await expect(page.getByText('The log is whole')).toBeVisible();
  const line = page.getByRole('group', { name: 'The newest entry: keep this line elsewhere' });
  await expect(line).toHaveText(/^\d+ [0-9a-f]{64}$/);
  const kept = (await line.textContent()) ?? '';
  await axe(page);
  const field = page.getByLabel('A line kept earlier');
  await field.fill('something else entirely here');
  await page.getByRole('button', { name: 'Compare' }).click();
  await expect(page.getByText('Give a number and a hash')).toBeVisible();
  await field.fill(kept);
  await field.press('Enter');
  await expect(page.getByText('The line you kept fits.')).toBeVisible();
  await field.fill(kept.replace(/[0-9a-f]{64}$/, '0'.repeat(64)));
  await field.press('Enter');
  await expect(page.getByText('The log was changed')).toBeVisible();

  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export CSV' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('audit-log.csv');
  const text = await readFile((await file.path()) ?? '', 'utf8');
  expect(text).toContain('id,ts,actor,');
  expect(text).toContain('auth.signed_up');
  await open(page, `${freshServer.url}/audit`);
  await expect(page.getByText('Audit exported').first()).toBeVisible();
});

test('an admin says where alerts go, and a test says what did not arrive', async ({ page, freshServer, consoleGuard }) => {
  // An address that is none is refused.
  consoleGuard.expect(/400 \(Bad Request\)/);
  await signUp(page, {}, freshServer.url);
  await open(page, `${freshServer.url}/settings/alerts`);
  await expect(page.getByRole('button', { name: 'Send a test alert' })).toBeDisabled();
  const emails = page.getByLabel('E-mail addresses');
  await emails.fill('ops');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('ops is not an address such as name@example.com')).toBeVisible();
  await emails.fill('ops@example.com');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.locator('.toast', { hasText: 'Alerts go there from now on' })).toBeVisible();
  await page.getByRole('button', { name: 'Send a test alert' }).click();
  const results = page.getByRole('list', { name: 'What became of the test' });
  await expect(results.getByText(/^Not sent to ops@example\.com: .* nothing was sent/)).toBeVisible();
  await axe(page);
  await open(page, `${freshServer.url}/settings/alerts`);
  await expect(emails).toHaveValue('ops@example.com');
});

test('a super admin checks that workspaces are apart', async ({ page, otherPage, freshServer }) => {
  await signUp(page, {}, freshServer.url);
  await signUp(otherPage, { name: 'Priya Raman' }, freshServer.url);
  await open(page, `${freshServer.url}/workspaces`);
  await page.getByRole('button', { name: 'Check that they are apart' }).click();
  await expect(page.getByText('Workspaces are apart')).toBeVisible();
  await expect(page.getByText(/of 2 workspaces and was given none/)).toBeVisible();
  await axe(page);
});
