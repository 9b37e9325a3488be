import { axe, expect, open, signUp, test } from './fixtures.js';
import { draft, publish, setName } from './flows.js';

test('flows are cards too, and a switch is taken back with one press', async ({ page }) => {
  await signUp(page);
  await publish(page.request, 'Switched', [setName('One')]);
  await open(page, '/flows');
  await page.getByRole('group', { name: 'Show as' }).getByRole('button', { name: 'Cards' }).click();
  await expect(page).toHaveURL(/view=cards/);
  const card = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'Switched' }) });
  const on = card.getByRole('switch', { name: 'Switched: on or off' });
  await expect(on).toBeChecked();
  await axe(page);

  await on.uncheck();
  await expect(page.getByText('Switched is off')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('Switched is on')).toBeVisible();
  await expect(on).toBeChecked();

  await open(page, '/flows?view=cards');
  await expect(card).toBeVisible();
});

test('values of earlier steps are a tree that keys walk', async ({ page }) => {
  await signUp(page);
  const id = await draft(page.request, 'Values', [setName('One'), setName('Two')]);
  await open(page, `/flows/${id}?step=step_2`);
  await expect(page.locator('#name-step_2')).toHaveValue('Two');
  await page.getByRole('button', { name: /^Insert a value into/ }).first().click();
  const tree = page.getByRole('tree', { name: 'Values from earlier steps' });
  const steps = tree.locator('> li');
  await expect(page.getByLabel('Search values')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(steps.first()).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(steps.first()).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press('ArrowRight');
  await expect(steps.first()).toHaveAttribute('aria-expanded', 'true');
  // Down to the values of the trigger, of which the body is one.
  const body = tree.getByRole('treeitem', { name: /^Body/ }).first();
  for (let it = 0; it < 12 && !(await body.evaluate((node) => node === document.activeElement)); it += 1) {
    await page.keyboard.press('ArrowDown');
  }
  await expect(body).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(tree).toBeHidden();
});
