import { expect, open, signUp, test } from './fixtures.js';
import { draft, setName } from './flows.js';

for (const [where, path] of [
  ['a page', '/projects'],
  ['the studio', ''],
] as const) {
  test(`beside ${where} the assistant makes room in a narrow window and comes back in a wide one`, async ({ page }) => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await signUp(page);
    const address = path || `/flows/${await draft(page.request, 'Beside', [setName('One')])}`;
    await open(page, address);
    const panel = page.getByRole('complementary', { name: 'Assistant' });
    await expect(panel.getByLabel('Message the assistant')).toBeVisible();
    await panel.getByLabel('Message the assistant').fill('Not sent yet');

    await page.setViewportSize({ width: 1024, height: 768 });
    await expect(panel).toBeHidden();
    await page.keyboard.press('Control+j');
    await expect(panel).toBeVisible();
    await panel.getByRole('button', { name: 'Close assistant' }).click();
    await expect(panel).toBeHidden();
    await page.keyboard.press('Control+j');
    await panel.getByLabel('Message the assistant').press('Escape');
    await expect(panel).toBeHidden();

    // Closed by hand it stays closed; where only the window closed it, it comes back with what was typed.
    await page.setViewportSize({ width: 1440, height: 900 });
    await expect(panel).toBeHidden();
    await page.keyboard.press('Control+j');
    await page.setViewportSize({ width: 1024, height: 768 });
    await expect(panel).toBeHidden();
    await page.setViewportSize({ width: 1440, height: 900 });
    await expect(panel.getByLabel('Message the assistant')).toHaveValue('Not sent yet');
  });
}

test('a flow that is described is built on its canvas, the assistant beside it', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await signUp(page);
  await open(page, '/flows/templates');
  await page.getByLabel('Describe the flow you want').fill('Every Friday at 16:00, tell me Check the board');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/flows\/(?!templates)[^/]+$/);
  const panel = page.getByRole('complementary', { name: 'Assistant' });
  await expect(panel.getByRole('log').getByText('Create a flow that every Friday at 16:00, tell me Check the board')).toBeVisible();
  // It is the flow on the page that is built, not another one.
  await expect(page.locator('.node')).toHaveCount(2);
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Untitled flow');
});
