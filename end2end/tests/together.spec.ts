import type { Page } from '@playwright/test';
import { expect, open, signIn, signUp, test } from './fixtures.js';
import { draft, setName, tool } from './flows.js';

async function titles(page: Page): Promise<string[]> {
  const all = await page.locator('.node__main b').allInnerTexts();
  return all.map((it) => it.replace(/^(Step)?\s*\d+\s*/, '').trim());
}

/** Names the open step. */
async function rename(page: Page, step: string, name: string): Promise<void> {
  await page.locator(`#node-${step}`).click();
  await page.locator(`#name-${step}`).fill(name);
}

async function named(page: Page, id: string): Promise<string> {
  return JSON.stringify(await tool(page.request, 'flow_get', { flow_id: id }));
}

test('two windows see each other, and what fits of both is kept', async ({ page, context }) => {
  await signUp(page);
  const id = await draft(page.request, 'Both', [setName('One'), setName('Two')]);
  const other = await context.newPage();
  await open(page, `/flows/${id}`);
  await open(other, `/flows/${id}`);
  await expect(page.getByRole('list', { name: 'Also in this flow' })).toBeVisible();
  await expect(other.getByRole('list', { name: 'Also in this flow' })).toBeVisible();

  await rename(page, 'step_1', 'First');
  await expect(page.locator('.sbar__saved')).toHaveText('Saved');
  await expect.poll(() => titles(other)).toEqual(['Catch webhook', 'First', 'Two']);
  await rename(other, 'step_2', 'Second');
  await expect.poll(() => titles(page)).toEqual(['Catch webhook', 'First', 'Second']);
  await expect(page.locator('.node__who')).toHaveCount(1);

  await other.close();
  await expect(page.getByRole('list', { name: 'Also in this flow' })).toHaveCount(0);
});

test('changes made without a connection survive a reload, and the same field is asked about', async ({
  page,
  context,
  otherPage,
  consoleGuard,
}) => {
  consoleGuard.expect(/Failed to load resource|ERR_INTERNET_DISCONNECTED|ERR_FAILED/);
  const person = await signUp(page);
  const id = await draft(page.request, 'Away', [setName('One'), setName('Two')]);
  await open(page, `/flows/${id}`);
  await signIn(otherPage, person);
  await open(otherPage, `/flows/${id}`);

  await context.setOffline(true);
  await rename(page, 'step_1', 'Mine');
  await rename(page, 'step_2', 'Also mine');
  await expect(page.getByText(/could not be reached/)).toBeVisible();
  await rename(otherPage, 'step_1', 'Theirs');
  await expect(otherPage.locator('.sbar__saved')).toHaveText('Saved');

  await page.goto('about:blank');
  await context.setOffline(false);
  await open(page, `/flows/${id}`);
  const question = page.getByRole('dialog', { name: /was changed twice/ });
  await expect(question).toContainText('Theirs');
  await expect(question).toContainText('Mine');
  // The question stands until it is decided, over a reload too.
  await open(page, `/flows/${id}`);
  await expect(question).toContainText('Theirs');
  await question.getByRole('button', { name: 'Use mine' }).click();
  await expect.poll(() => titles(otherPage)).toEqual(['Catch webhook', 'Mine', 'Also mine']);
  await expect.poll(() => named(page, id)).toContain('Also mine');
});

test('undo takes back what this window did, and what the other did stays', async ({ page, context }) => {
  await signUp(page);
  const id = await draft(page.request, 'Undone', [setName('One'), setName('Two')]);
  const other = await context.newPage();
  await open(page, `/flows/${id}`);
  await open(other, `/flows/${id}`);
  await rename(page, 'step_1', 'First');
  await expect.poll(() => titles(other)).toEqual(['Catch webhook', 'First', 'Two']);
  await rename(other, 'step_2', 'Second');
  await expect.poll(() => titles(page)).toEqual(['Catch webhook', 'First', 'Second']);
  await page.locator('.sbar').getByRole('button', { name: 'Undo', exact: true }).click();
  await expect.poll(() => titles(page)).toEqual(['Catch webhook', 'One', 'Second']);
  await expect.poll(() => titles(other)).toEqual(['Catch webhook', 'One', 'Second']);

  await rename(page, 'step_1', 'Mine');
  await expect.poll(() => titles(other)).toEqual(['Catch webhook', 'Mine', 'Second']);
  await rename(other, 'step_1', 'Theirs');
  await expect.poll(() => titles(page)).toEqual(['Catch webhook', 'Theirs', 'Second']);
  await page.locator('.sbar').getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(page.getByText(/That change was not taken back\. .*was changed by somebody else since/)).toBeVisible();
  expect(await titles(page)).toEqual(['Catch webhook', 'Theirs', 'Second']);
});

test('a step that two windows switch is not switched back in silence', async ({ page, context, otherPage, consoleGuard }) => {
  consoleGuard.expect(/Failed to load resource|ERR_INTERNET_DISCONNECTED|ERR_FAILED/);
  const person = await signUp(page);
  const id = await draft(page.request, 'Switched', [setName('One'), setName('Two')]);
  await signIn(otherPage, person);
  await open(otherPage, `/flows/${id}`);
  await open(page, `/flows/${id}`);
  // What comes after the page is there, so that nothing of it is asked for without a connection.
  await page.locator('#node-step_1').click();
  await expect(page.locator('#name-step_1')).toHaveValue('One');
  await page.locator('#node-step_1').focus();

  await context.setOffline(true);
  const mine = page.locator('.node[data-step="step_1"]');
  await page.keyboard.press('Control+e');
  await expect(mine).toContainText('Off');
  await page.keyboard.press('Control+e');
  await expect(mine).not.toContainText('Off');
  await expect(page.getByText(/could not be reached/)).toBeVisible();
  await otherPage.locator('#node-step_1').focus();
  await otherPage.keyboard.press('Control+e');
  await expect(otherPage.locator('.node[data-step="step_1"]')).toContainText('Off');
  await expect(otherPage.locator('.sbar__saved')).toHaveText('Saved');

  await context.setOffline(false);
  const question = page.getByRole('dialog', { name: 'One was changed twice' });
  await expect(question).toContainText('Another window of yours, or your assistant, switched it off');
  await expect(mine).toContainText('Off');
  await question.getByRole('button', { name: 'Switch it on' }).click();
  await expect(mine).not.toContainText('Off');
  await expect(otherPage.locator('.node[data-step="step_1"]')).not.toContainText('Off');
});
