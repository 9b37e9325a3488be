import { axe, expect, invite, join, open, signIn, signUp, test, useSample } from './fixtures.js';

test('one search finds pages, actions, projects, people and to-dos', async ({ page }) => {
  test.setTimeout(300_000);
  await signUp(page, { name: 'Noor Haddad' });
  await useSample(page);
  // What records say is found once they were read.
  await open(page, '/integrations');
  await expect(page.getByText('Changes in Basecamp arrive by themselves')).toBeVisible({ timeout: 180_000 });
  await open(page, '/flows');
  await page.keyboard.press('ControlOrMeta+k');
  const palette = page.getByRole('dialog', { name: 'Search and commands' });
  const field = palette.getByRole('combobox');
  const option = (name: RegExp) => palette.getByRole('option', { name });
  await expect(field).toBeFocused();
  await expect(palette.getByRole('group', { name: 'Actions, and more: keep typing' })).toBeVisible();
  await expect(option(/^New flow/)).toBeVisible();
  await axe(page);

  await field.fill('invite');
  await expect(option(/^Invite a person/)).toBeVisible();
  await field.fill('website');
  await expect(palette.getByRole('group', { name: 'Projects' }).getByRole('option', { name: /^Website relaunch/ })).toBeVisible();
  await field.fill('menu board');
  const record = palette.getByRole('group', { name: /^In Basecamp/ }).getByRole('option', { name: /^Menu board copy/ });
  await expect(record).toBeVisible();
  await expect(option(/^Ask the assistant “menu board”/)).toBeVisible();
  await axe(page);
  await record.click();
  await expect(page.getByRole('dialog', { name: 'Record' })).toContainText('Menu board copy');

  await page.keyboard.press('Escape');
  await page.keyboard.press('ControlOrMeta+k');
  await expect(field).toHaveValue('');
  await field.fill('ben okafor');
  await palette.getByRole('group', { name: 'People' }).getByRole('option').first().click();
  await expect(page.getByRole('searchbox', { name: 'Search people' })).toHaveValue(/^Ben/);
  await expect(page.locator('main tbody tr')).toHaveCount(1);

  await page.keyboard.press('ControlOrMeta+k');
  await field.fill('noor');
  await palette.getByRole('option', { name: /Member of the workspace/ }).click();
  await expect(page.getByRole('heading', { name: 'Members' }).first()).toBeVisible();

  await page.keyboard.press('ControlOrMeta+k');
  await field.fill('home');
  await expect(option(/^Home/)).toBeVisible();
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.pathname === '/');
});

test('keys make a flow and a to-do, and move in lists', async ({ page }) => {
  await signUp(page);
  await useSample(page);
  await open(page, '/projects');
  await expect(page.locator('main tbody').getByRole('link', { name: 'Website relaunch' }).first()).toBeVisible();
  await page.keyboard.press('j');
  await expect(page.locator('main tbody tr').first().locator('a').first()).toBeFocused();
  await page.keyboard.press('n');
  await page.keyboard.press('t');
  const form = page.getByRole('dialog', { name: 'New to-do' });
  await expect(form.getByLabel('What is to be done')).toBeFocused();
  await form.getByLabel('What is to be done').fill('Order more paper');
  await form.getByLabel('Project').selectOption({ label: 'Website relaunch' });
  await expect(form.getByLabel('List').locator('option:checked')).not.toHaveText('Choose a list');
  await axe(page);
  await form.getByRole('button', { name: 'Add the to-do' }).click();
  await expect(form).toBeHidden();
  await expect(page.locator('.toast', { hasText: 'Order more paper' })).toBeVisible();

  await open(page, '/runs');
  await page.keyboard.press('n');
  await page.keyboard.press('f');
  await page.waitForURL((url) => /^\/flows\/.+/.test(url.pathname));
});

test('a person sees where they are signed in and ends it', async ({ page, otherPage }) => {
  const person = await signUp(page);
  await signIn(otherPage, person);
  await otherPage.goto('about:blank');
  await open(page, '/settings/security');
  const sessions = page.getByRole('region', { name: 'Where you are signed in' });
  await expect(sessions.getByText('This one', { exact: true })).toBeVisible();
  await axe(page);
  await sessions.getByRole('button', { name: /^End this one/ }).click();
  await expect(page.locator('.toast', { hasText: 'Signed out there' })).toBeVisible();
  await expect(sessions.getByRole('button', { name: /^End this one/ })).toHaveCount(0);
  expect((await otherPage.request.get('/api/pmos/auth/me')).status()).toBe(401);
});

test('an admin lets a member in again who forgot their password', async ({ page, otherPage }) => {
  await signUp(page);
  const path = await invite(page, 'member');
  await open(otherPage, path);
  await join(otherPage);
  await otherPage.goto('about:blank');
  await open(page, '/settings/members');
  const row = page.getByRole('row', { name: /Mika Holm/ });
  await row.getByRole('button', { name: 'More for Mika Holm' }).click();
  await axe(page);
  await page.getByRole('menuitem', { name: 'Set a new password' }).click();
  const question = page.getByRole('dialog', { name: 'Set a new password for Mika Holm?' });
  await question.getByRole('button', { name: 'Make a new password' }).click();
  const shown = page.getByRole('dialog', { name: 'The new password is ready' });
  const password = await shown.getByRole('group', { name: 'New password' }).innerText();
  expect(password).toMatch(/^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
  await shown.getByRole('button', { name: 'Done' }).click();
  await expect(shown).toBeHidden();
  expect(await page.content()).not.toContain(password);
  const email = await row.locator('.sub').first().innerText();
  await signIn(otherPage, { name: 'Mika Holm', email, password });
  await otherPage.goto('about:blank');

  await row.getByRole('button', { name: 'More for Mika Holm' }).click();
  await page.getByRole('menuitem', { name: 'Keep them out' }).click();
  await page.getByRole('dialog', { name: 'Keep Mika Holm out?' }).getByRole('button', { name: 'Keep them out' }).click();
  await expect(row.getByText('Kept out')).toBeVisible();
  expect((await otherPage.request.get('/api/pmos/auth/me')).status()).toBe(401);
});
