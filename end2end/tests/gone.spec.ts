import { axe, expect, open, signUp, test } from './fixtures.js';
import { draft, setName, tool } from './flows.js';

test('a flow that is deleted while it is open says so, and what is on screen can be kept', async ({
  page,
  consoleGuard,
}) => {
  // The flow is asked for once more after it went.
  consoleGuard.expect(/404 \(Not Found\)/);
  await signUp(page);
  const id = await draft(page.request, 'Short-lived', [setName('One'), setName('Two')]);
  await open(page, `/flows/${id}`);
  await page.locator('#node-step_1').click();
  await page.locator('#name-step_1').fill('First');
  await expect(page.locator('.sbar__saved')).toHaveText('Saved');

  await tool(page.request, 'flow_delete', { flow_id: id });
  const news = page.getByRole('alert').filter({ hasText: 'This flow was deleted' });
  await expect(news).toBeVisible();
  await expect(page.locator('.sbar__saved')).toHaveCount(0);
  await expect(page.locator('.config__body').first()).toHaveAttribute('disabled', '');
  await axe(page);

  await news.getByRole('button', { name: 'Keep it as a new flow' }).click();
  await expect(page).not.toHaveURL(new RegExp(id));
  await expect(page.locator('.sbar__saved')).toHaveText('Saved');
  await expect(news).toHaveCount(0);
  await expect(page.locator('#node-step_1')).toContainText('First');
  await expect(page.locator('#node-step_2')).toContainText('Two');
});
