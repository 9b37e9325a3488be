import { axe, expect, open, signUp, test } from './fixtures.js';
import { draft, publish, setName, tool, type Step } from './flows.js';

/** Sends to an address that nobody answers. */
const post: Step = {
  title: 'Tell the shop',
  piece: 'http',
  action: 'send_request',
  input: { method: 'POST', url: 'http://127.0.0.1:9/', headers: {}, queryParams: {}, authType: 'NONE', body_type: 'none' },
};

test('a request is heard, a step is tested with it, and its value shows where it is used', async ({ page }) => {
  await signUp(page);
  const id = await draft(page.request, 'Keep names', [setName('Keep the name'), setName('Keep it again')]);
  const flow = await tool(page.request, 'flow_get', { flow_id: id });
  await open(page, `/flows/${id}?step=trigger`);
  await page.getByRole('tab', { name: 'Test', exact: true }).click();
  await page.getByRole('button', { name: 'Listen for a request' }).click();
  await expect(page.getByText(/^Listening/)).toBeVisible();
  const heard = await page.request.post(String(flow['webhookUrl']), { data: { name: 'Reams of A4' } });
  expect(await heard.json()).toEqual({ ok: true, sample: true });
  await expect(page.getByText('From a request')).toBeVisible();
  await axe(page);

  await page.locator('.node', { hasText: 'Keep the name' }).locator('.node__main').click();
  await expect(page.locator('.live__value').getByText('Reams of A4')).toBeVisible();
  await page.getByRole('tab', { name: 'Test', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Test step' }).click();
  await expect(page.getByRole('heading', { name: /^Passed/ })).toBeVisible();
  await expect(page.locator('.test').getByText('Reams of A4').first()).toBeVisible();
  await axe(page);
});

test('a dry run lists what would change and changes nothing', async ({ page }) => {
  await signUp(page);
  const id = await draft(page.request, 'Tell the shop', [setName('Keep the name'), post]);
  await open(page, `/flows/${id}`);
  await page.getByRole('button', { name: 'Test flow' }).first().click();
  await page.getByRole('button', { name: 'See what would change' }).click();
  await expect(page.getByText('Dry run: 1 thing would change').first()).toBeVisible();
  const list = page.getByRole('list', { name: 'What would change' });
  await expect(list.getByText('Tell the shop').first()).toBeVisible();
  await expect(page.locator('.node', { hasText: 'Tell the shop' })).toHaveAttribute('data-run', 'would');
  await axe(page);
  await page.getByRole('link', { name: 'Back to editing' }).first().click();
  await page.getByText('See an earlier run here').click();
  await expect(page.getByText('Dry run').first()).toBeVisible();
});

test('a version is compared with what is here now and used again', async ({ page }) => {
  await signUp(page);
  const flow = await publish(page.request, 'Keep names', [setName('Keep the name')]);
  await open(page, `/flows/${flow.id}?step=step_1`);
  await page.getByLabel('Name', { exact: true }).fill('Another name');
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Publish' }).first().click();
  const asked = page.getByRole('dialog', { name: 'Publish Keep names?' });
  await expect(asked.getByText('Another name').first()).toBeVisible();
  await expect(asked.getByText('1 change by Amara Osei')).toBeVisible();
  await asked.getByRole('button', { name: 'Not yet' }).click();

  await page.getByRole('button', { name: 'Version history' }).click();
  await page.getByRole('button', { name: 'Compare v1 with what is here now' }).click();
  const compared = page.getByRole('dialog', { name: 'From v1 to now' });
  await expect(compared.getByText('Keep the name')).toBeVisible();
  await axe(page);
  await compared.getByRole('button', { name: 'Use it as the draft' }).click();
  await expect(page.locator('.node', { hasText: 'Keep the name' })).toBeVisible();
});

test('a file becomes a flow, and what cannot be read is named', async ({ page }) => {
  await signUp(page);
  await publish(page.request, 'Keep names', [setName('Keep the name')]);
  await open(page, '/flows');
  await page.getByRole('button', { name: 'Import' }).click();
  const odd = { name: 'step_1', displayName: 'Odd one', type: 'WORMHOLE', settings: {} };
  const trigger = { name: 'trigger', displayName: 'Start', type: 'EMPTY', settings: {} };
  const dialog = page.getByRole('dialog', { name: 'Import a flow' });
  await dialog.getByLabel('Or its text').fill(JSON.stringify({ trigger: { ...trigger, nextAction: odd } }));
  await dialog.getByRole('button', { name: 'Make the flow' }).click();
  await expect(dialog.getByText(/Odd one.*WORMHOLE/)).toBeVisible();
  await axe(page);
  const unknown = {
    ...odd,
    type: 'PIECE',
    settings: { pieceName: '@other/piece-unheard-of', pieceVersion: '0.1.0', actionName: 'do', input: {} },
  };
  await dialog
    .getByLabel('Or its text')
    .fill(JSON.stringify({ displayName: 'From a file', trigger: { ...trigger, nextAction: unknown } }));
  await dialog.getByRole('button', { name: 'Make the flow' }).click();
  await expect(page).toHaveURL(/\/flows\/[0-9a-z]+/i);
  await expect(page.locator('.node', { hasText: 'Odd one' })).toBeVisible();
});

test('flows are put into folders, several at once', async ({ page }) => {
  await signUp(page);
  await publish(page.request, 'First', [setName('Keep the name')]);
  await publish(page.request, 'Second', [setName('Keep the name')]);
  await open(page, '/flows');
  await page.getByRole('button', { name: 'New folder' }).click();
  await page.getByRole('dialog', { name: 'New folder' }).getByLabel('Name').fill('Clients');
  await page.keyboard.press('Enter');
  const folder = page.getByRole('button', { name: /^Clients/ });
  await expect(folder).toBeVisible();
  await page.getByRole('checkbox', { name: 'Choose First' }).check();
  await page.getByRole('checkbox', { name: 'Choose Second' }).check();
  await expect(page.getByText('2 chosen')).toBeVisible();
  await axe(page);
  await page.getByLabel('Move to a folder').selectOption({ label: 'Clients' });
  await expect(folder.locator('.count')).toHaveText('2');
  await folder.click();
  await expect(page.getByRole('link', { name: 'First' })).toBeVisible();
});

test('the address of a flow is renewed, and a page that is open elsewhere shows the new one', async ({
  page,
  context,
}) => {
  await signUp(page);
  const flow = await publish(page.request, 'Keep names', [setName('Keep the name')]);
  const secret = flow.address.split('/').pop() ?? '';
  const other = await context.newPage();
  await open(other, `/flows/${flow.id}`);
  await expect(other.getByRole('group', { name: 'Address' })).toContainText(secret);

  await open(page, `/flows/${flow.id}?step=trigger`);
  const address = page.getByRole('group', { name: 'Address' });
  await expect(address).toContainText(secret);
  await page.getByRole('button', { name: 'Renew the address' }).click();
  const asked = page.getByRole('dialog', { name: 'Renew the address?' });
  await expect(asked.getByText(/refused from now on/)).toBeVisible();
  await axe(page);
  await asked.getByRole('button', { name: 'Keep this one' }).click();
  await expect(asked).toBeHidden();
  await expect(address).toContainText(secret);

  await page.getByRole('button', { name: 'Renew the address' }).click();
  await asked.getByRole('button', { name: 'Renew the address' }).click();
  await expect(page.getByText('The flow has a new address')).toBeVisible();
  await expect(address).not.toContainText(secret);
  const renewed = ((await address.textContent()) ?? '').trim();
  await expect(other.getByRole('group', { name: 'Address' })).toHaveText(renewed);
  expect((await page.request.post(flow.address, { data: {} })).status()).toBe(410);
  expect((await page.request.post(renewed, { data: {} })).status()).toBe(200);
});

test('a piece that is switched off is barred, and told where a live flow uses it', async ({ page }) => {
  await signUp(page);
  const flow = await publish(page.request, 'Keep names', [setName('Keep the name')]);
  await open(page, `/flows/${flow.id}`);
  const told = page.getByText('switched off in this workspace').first();
  await expect(told).toHaveCount(0);
  const piece = '@activepieces/piece-data-mapper';
  await tool(page.request, 'manage_plugin', { plugin_id: piece, action: 'disable' });
  await expect(told).toBeVisible();
  await axe(page);

  await page.locator('.node', { hasText: 'Keep the name' }).locator('.node__main').click();
  await page.getByRole('button', { name: 'Replace it' }).click();
  const barred = page.getByRole('option', { disabled: true }).filter({ hasText: /is switched off/ });
  await expect(barred.first()).toBeVisible();
  await page.keyboard.press('Escape');
  await tool(page.request, 'manage_plugin', { plugin_id: piece, action: 'enable' });
  await expect(page.getByRole('button', { name: 'Replace it' })).toHaveCount(0);
});
