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

test('a step is replaced where it stands, and what was copied goes inside it', async ({ page }) => {
  await signUp(page);
  const flow = await draft(page.request, 'Replaced', [setName('Apple'), wait('Bread', 5)]);
  await open(page, `/flows/${flow}`);
  const menu = page.getByRole('menu', { name: 'Step' });
  await page.locator('#node-step_1').click({ button: 'right' });
  await menu.getByRole('menuitem', { name: 'Replace with another step' }).click();
  await page.getByRole('combobox', { name: 'Replace the step' }).fill('for each');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Add a step at the start of Apple' })).toBeVisible();
  await expect(page.locator('.node')).toHaveCount(3);

  const tab = page.getByRole('tab', { name: /^Test/ });
  for (const other of ['node-step_2', 'node-step_1']) {
    await page.locator(`#${other}`).click({ button: 'right' });
    await menu.getByRole('menuitem', { name: 'Test this step' }).click();
    await expect(tab).toHaveAttribute('aria-selected', 'true');
    // The same from the step that is open, on another part of it.
    await page.getByRole('tab', { name: 'Set up' }).click();
    await page.locator(`#${other}`).click({ button: 'right' });
    await menu.getByRole('menuitem', { name: 'Test this step' }).click();
    await expect(tab).toHaveAttribute('aria-selected', 'true');
  }

  await page.locator('#node-step_2').click({ button: 'right' });
  await menu.getByRole('menuitem', { name: /^Copy/ }).click();
  await page.locator('#node-step_1').click({ button: 'right' });
  await menu.getByRole('menuitem', { name: 'Paste inside' }).click();
  await expect(page.locator('.node')).toHaveCount(4);
  // With steps inside there is no place for them in another kind of step.
  await page.locator('#node-step_1').click({ button: 'right' });
  await expect(menu.getByRole('menuitem', { name: /^Duplicate/ })).toBeVisible();
  await expect(menu.getByRole('menuitem', { name: 'Replace with another step' })).toHaveCount(0);
});
