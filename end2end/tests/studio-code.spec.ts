import { axe, expect, open, signUp, test } from './fixtures.js';
import { draft, setName, tool } from './flows.js';

const OFF = /Code steps are switched off in this workspace/;

test('a code step is barred with the reason until it is allowed, then written, tested and its log read', async ({
  freshServer,
  page,
}) => {
  const origin = freshServer.url;
  await signUp(page, {}, origin);
  const id = await draft(page.request, 'Sums', [setName('Keep the name')], origin);
  await open(page, `${origin}/flows/${id}`);
  await page.locator('#node-step_1').focus();
  await page.keyboard.press('+');
  await page.keyboard.type('run code');
  const barred = page.getByRole('option', { name: /Run code/ });
  await expect(barred).toHaveAttribute('aria-disabled', 'true');
  await expect(barred).toContainText(OFF);
  await page.keyboard.press('Enter');
  await expect(page.locator('.node')).toHaveCount(2);

  const allowed = await page.request.put(`${origin}/api/pmos/platform/settings`, { data: { codeSteps: 'on' } });
  expect(allowed.ok()).toBe(true);
  await open(page, `${origin}/flows/${id}`);
  await page.locator('#node-step_1').focus();
  await page.keyboard.press('+');
  await page.keyboard.type('run code');
  await expect(page.getByRole('option', { name: /Run code/ })).not.toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('Enter');
  await expect(page.locator('#node-step_2')).toBeFocused();

  await page.getByRole('button', { name: 'Add an input' }).click();
  const name = page.getByRole('group', { name: 'Inputs' }).getByLabel('Name', { exact: true });
  await name.fill('n');
  await name.press('Tab');
  const value = page.getByRole('group', { name: 'Input n', exact: true }).getByLabel('Value', { exact: true });
  await expect(value).toBeFocused();
  await value.fill('21');
  const code = page.getByLabel('Code', { exact: true });
  await code.fill('export const code = async (inputs: { n: number }) => {\nconsole.log("got", inputs.n);\nreturn inputs.n * 2;\n};');
  await expect(page.locator('.codebox__n')).toHaveText(/^1\s*2\s*3\s*4$/);
  await code.press('Control+Home');
  await code.press('Tab');
  await expect(code).toHaveValue(/^ {2}export/);
  await code.press('Shift+Tab');
  await expect(code).toHaveValue(/^export/);
  await code.press('Escape');
  await code.press('Tab');
  await expect(code).not.toBeFocused();
  await axe(page);

  await page.getByRole('tab', { name: 'Test', exact: true }).click();
  await page.getByRole('button', { name: 'Test step' }).click();
  await expect(page.getByRole('heading', { name: /^Passed/ })).toBeVisible();
  await expect(page.getByRole('group', { name: 'What it logged' })).toHaveText('got 21');
  await expect(page.locator('.test')).toContainText('42');
  await axe(page);

  await page.getByRole('tab', { name: 'Set up' }).click();
  await page.getByLabel('Language').selectOption('javascript');
  await expect(page.locator('.sbar__saved')).toHaveText('Saved');
  await page.getByRole('tab', { name: /^Test/ }).click();
  await page.getByRole('button', { name: 'Test step' }).click();
  await expect(page.getByRole('heading', { name: 'This did not work' })).toBeVisible();
  const read = await tool(page.request, 'flow_get', { flow_id: id }, origin);
  expect(JSON.stringify(read)).toContain('"language":"javascript"');
});

test('conditions stand in groups: all of one, any of them', async ({ page }) => {
  await signUp(page);
  const id = await draft(page.request, 'Sorting', [setName('Keep the name')]);
  await open(page, `/flows/${id}`);
  await page.locator('#node-step_1').focus();
  await page.keyboard.press('+');
  await page.keyboard.type('choose a branch');
  await page.keyboard.press('Enter');
  const groups = page.locator('.cgroup');
  await expect(groups).toHaveCount(1);
  await page.getByRole('button', { name: 'Or', exact: true }).click();
  await expect(groups).toHaveCount(2);
  await groups.nth(0).getByRole('button', { name: 'And', exact: true }).click();
  await expect(groups.nth(0).getByRole('group', { name: 'Condition' })).toHaveCount(2);
  await expect(groups.nth(1).getByRole('group', { name: 'Condition' })).toHaveCount(1);
  await axe(page);
  await groups.nth(1).getByRole('button', { name: 'Remove this group' }).click();
  await expect(groups).toHaveCount(1);
  await page.locator('.sbar').getByRole('button', { name: 'Undo' }).click();
  await expect(groups).toHaveCount(2);
});

test('a template is drawn before it is used', async ({ page }) => {
  await signUp(page);
  await open(page, '/flows/templates');
  await page.getByRole('button', { name: 'Daily digest' }).click();
  const drawing = page.getByRole('dialog').getByRole('img', { name: /^The flow as a drawing, \d+ steps/ });
  await expect(drawing).toBeVisible();
  await axe(page);
});
