import { axe, expect, open, signUp, test, useSample } from './fixtures.js';
import { draft, setName, tool } from './flows.js';

test('what starts a flow is chosen at its card, from groups that say what they are for', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await signUp(page);
  const made = await tool(page.request, 'flow_create', { name: 'Begins' });
  const id = (made['flow'] as { id: string }).id;
  await open(page, `/flows/${id}`);
  const card = page.locator('#node-trigger');
  await expect(card).toBeFocused();
  const publish = page.locator('.sbar').getByRole('button', { name: 'Publish' });
  await expect(publish).toHaveAttribute('aria-disabled', 'true');
  await expect(publish).toHaveAttribute('title', '1 thing to fix first');

  await page.keyboard.press('Enter');
  const picker = page.getByRole('dialog', { name: 'Choose a trigger' });
  await expect(picker.getByRole('group').first()).toHaveAttribute('aria-label', 'Suggested');
  for (const name of ['Basecamp', 'On a schedule', 'When somebody asks', 'Advanced']) {
    await expect(picker.getByRole('group', { name })).toHaveCount(1);
  }
  const [above, below] = [await card.boundingBox(), await picker.boundingBox()];
  expect(below?.y ?? 0).toBeGreaterThan(above?.y ?? 0);
  expect((below?.x ?? 0) + (below?.width ?? 0)).toBeLessThanOrEqual(1440);
  await axe(page);
  await picker.getByRole('tab', { name: 'On a schedule' }).click();
  await picker.getByRole('option', { name: /^Every day/ }).click();
  await expect(card).toContainText(/Weekdays at 09:00/);

  // It starts, and then nothing happens yet.
  await expect(publish).toHaveAttribute('title', /Add a step first/);
  // It is grey and still leads to what is missing.
  await publish.press('Enter');
  await page.getByRole('dialog', { name: 'Nothing happens yet' }).getByRole('button', { name: 'Add a step' }).click();
  const steps = page.getByRole('dialog', { name: 'Add a step' });
  await expect(steps.getByRole('group', { name: 'Often next' }).getByRole('option').first()).toContainText('overdue');
  await expect(steps.getByRole('button', { name: 'Describe it instead' })).toBeVisible();
  await page.keyboard.press('Escape');
});

test('what is typed in the picker can be asked of the assistant', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await signUp(page);
  const id = await draft(page.request, 'Asks', [setName('One')]);
  await open(page, `/flows/${id}`);
  await page.locator('#node-step_1').focus();
  await page.keyboard.press('+');
  const picker = page.getByRole('dialog', { name: 'Add a step' });
  await picker.getByRole('combobox').fill('a delay of 5 minutes');
  await picker.getByRole('button', { name: /^Ask the assistant for/ }).click();
  const panel = page.getByRole('complementary', { name: 'Assistant' });
  await expect(panel.getByRole('log').getByText('Add a delay of 5 minutes after step 2')).toBeVisible();
  await expect(page.locator('.node')).toHaveCount(3);

  await page.locator('#node-step_1').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Replace with another step' }).click();
  await page.getByRole('combobox', { name: 'Replace the step' }).fill('for each');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Add a step at the start of One' }).click();
  await picker.getByRole('combobox').fill('a delay of 9 minutes');
  await picker.getByRole('button', { name: /^Ask the assistant for/ }).click();
  await expect(panel.getByRole('log').getByText('Add a delay of 9 minutes inside step 2')).toBeVisible();
  await expect(page.locator('.node')).toHaveCount(4);
  await expect(page.getByRole('button', { name: 'Add a step at the start of One' })).toBeVisible();
});

test('a step that only works something out is tried where its values are wanted', async ({ page }) => {
  await signUp(page);
  const shorten = {
    title: 'Shorten it',
    piece: 'text-helper',
    action: 'concat',
    input: { texts: ['Reams', 'of A4'], separator: ' ' },
  };
  const id = await draft(page.request, 'Values here', [shorten, setName('Keep it')]);
  await open(page, `/flows/${id}?step=step_2`);
  await page.getByRole('button', { name: /^Insert a value into/ }).first().click();
  const values = page.getByRole('dialog', { name: 'Insert a value' });
  await values.getByRole('treeitem', { name: 'Test this step to see its values', exact: true }).click();
  await expect(values.getByText('Reams of A4').first()).toBeVisible();
  await expect(page.locator('#name-step_2')).toBeVisible();
  await axe(page);
});

test('Control J leads to the words for the assistant, and F6 round what is on screen', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await signUp(page);
  const id = await draft(page.request, 'Round', [setName('One')]);
  await open(page, `/flows/${id}`);
  const panel = page.getByRole('complementary', { name: 'Assistant' });
  const words = panel.getByLabel('Message the assistant');
  await expect(words).toBeVisible();
  await panel.getByRole('button', { name: 'Close assistant' }).click();
  await expect(panel).toBeHidden();
  await page.locator('#node-step_1').focus();
  await page.keyboard.press('F6');
  await expect(page.locator('#config')).toBeFocused();
  await page.keyboard.press('F6');
  await expect(page.locator('#node-step_1')).toBeFocused();
  await page.keyboard.press('Control+j');
  await expect(words).toBeFocused();
  await page.keyboard.press('F6');
  await expect(page.locator('#node-step_1')).toBeFocused();
});

test('a step in Basecamp works with the connection that is chosen in it', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await signUp(page);
  await useSample(page);
  const look = { title: 'Look', piece: 'basecamp', action: 'projects', input: { operation: 'list_projects' } };
  const id = await draft(page.request, 'Which Basecamp', [look]);
  await open(page, `/flows/${id}?step=step_1`);
  const connection = page.getByRole('button', { name: /^Connection:/ });
  await expect(connection).toContainText('Mine, else the workspace');
  await connection.click();
  await page.getByRole('option', { name: /, the workspace.s$/ }).click();
  await expect(connection).toContainText(', the workspace');
  await expect(page.locator('.sbar').getByText('Saved')).toBeVisible();
  await axe(page);
  await page.reload();
  await expect(connection).toContainText(', the workspace');
  await connection.click();
  await page.getByRole('option', { name: /^Mine, else/ }).click();
  await expect(connection).toContainText('Mine, else the workspace');
});
