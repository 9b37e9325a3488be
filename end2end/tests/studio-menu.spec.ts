import { expect, open, signUp, test } from './fixtures.js';
import { draft, setName, wait } from './flows.js';

test('the right button and the menu key open what can be done with a step', async ({ page }) => {
  await signUp(page);
  const flow = await draft(page.request, 'Menus', [setName('Apple'), wait('Bread', 5)]);
  await open(page, `/flows/${flow}`);
  const menu = page.getByRole('menu', { name: 'Step' });
  await page.locator('#node-step_2').click({ button: 'right' });
  await expect(menu).toBeVisible();
  await menu.getByRole('menuitem', { name: /^Duplicate/ }).click();
  await expect(menu).toBeHidden();
  await expect(page.locator('.node')).toHaveCount(4);

  await page.locator('#node-step_1').focus();
  await page.keyboard.press('Shift+F10');
  await expect(menu).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await page.locator('#node-trigger').click({ button: 'right' });
  await expect(menu.getByRole('menuitem', { name: 'Replace the trigger' })).toBeVisible();
});
