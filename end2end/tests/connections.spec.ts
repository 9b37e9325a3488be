import { axe, expect, hydrated, open, signUp, test } from './fixtures.js';
import { draft, setName, tool } from './flows.js';

const SECRET = 'crm-key-that-nobody-sees-again';

test('a connection of flows is made, used, renamed, mended and deleted', async ({ page, consoleGuard }) => {
  // A form with gaps is refused.
  consoleGuard.expect(/400 \(Bad Request\)/);
  await signUp(page);
  await open(page, '/integrations');
  await expect(page.getByText('Flows use no app with a sign-in yet')).toBeVisible();
  await page.getByRole('button', { name: 'Add a connection' }).click();
  const form = page.getByRole('dialog', { name: 'Add a connection' });
  await form.getByRole('button', { name: 'Store the connection' }).click();
  await expect(form.getByText('Give the connection a name')).toBeVisible();
  await form.getByLabel('Name', { exact: true }).fill('Studio CRM');
  await form.getByRole('button', { name: 'Store the connection' }).click();
  await expect(form.getByText('It is missing. Fill it in')).toBeVisible();
  await form.getByLabel('Key or token', { exact: true }).fill(SECRET);
  await axe(page);
  await form.getByRole('button', { name: 'Store the connection' }).click();
  const row = page.getByRole('row', { name: /Studio CRM/ });
  await expect(row.getByText('Working')).toBeVisible();
  await expect(row.getByText('No flow')).toBeVisible();

  const step = setName('Keep the name');
  step.input = { mapping: { key: "{{connections['studio_crm'].secret_text}}" } };
  await draft(page.request, 'Fetch the leads', [step]);
  await expect(row.getByText('1 flow')).toBeVisible();

  await row.getByRole('button', { name: 'Studio CRM', exact: true }).focus();
  await page.keyboard.press('Enter');
  const details = page.getByRole('dialog', { name: 'Studio CRM' });
  await expect(details.getByRole('link', { name: 'Fetch the leads' })).toBeVisible();
  await expect(details.getByText('these use the new one: Fetch the leads')).toBeVisible();
  await axe(page);
  await details.getByLabel('Key or token', { exact: true }).fill('another-key-of-the-crm');
  await details.getByRole('button', { name: 'Replace the secret' }).click();
  await expect(page.locator('.toast', { hasText: 'The secret is replaced' })).toBeVisible();
  await expect(details.getByLabel('Key or token', { exact: true })).toHaveValue('');
  await details.getByLabel('Name', { exact: true }).fill('CRM of the studio');
  await details.getByRole('button', { name: 'Rename' }).click();
  const renamed = page.getByRole('dialog', { name: 'CRM of the studio' });
  await expect(renamed).toBeVisible();
  await renamed.getByRole('button', { name: 'Test' }).click();
  await expect(page.locator('.toast', { hasText: 'can be read' })).toBeVisible();

  await renamed.getByRole('button', { name: 'Delete' }).click();
  const question = page.getByRole('dialog', { name: 'Delete CRM of the studio?' });
  await expect(question.getByText(/until another connection is chosen there: Fetch the leads/)).toBeVisible();
  await question.getByRole('button', { name: 'Delete the connection' }).click();
  await expect(page.getByText('Flows use no app with a sign-in yet')).toBeVisible();
  expect(await page.content()).not.toContain(SECRET);
  const left = await tool(page.request, 'flow_connections_list', {});
  expect(left['data']).toEqual([]);
});

test('tools of another server are read, accepted, used and taken away', async ({ page, freshServer, consoleGuard }) => {
  // A form with gaps is refused.
  consoleGuard.expect(/400 \(Bad Request\)/);
  // The first account is a super admin, who may name an address of this machine: here the server's own.
  const { url } = freshServer;
  await signUp(page, {}, url);
  const made = await page.request.post(`${url}/api/pmos/keys`, { data: { label: 'Other office' } });
  const { key } = (await made.json()) as { key: string };
  await open(page, `${url}/integrations`);
  await expect(page.getByText('No other server is used')).toBeVisible();
  await page.getByRole('button', { name: 'Add a server' }).click();
  const form = page.getByRole('dialog', { name: 'Add a tool server' });
  await form.getByRole('button', { name: 'Add the server' }).click();
  await expect(form.getByText(/Enter a name/)).toBeVisible();
  await form.getByLabel('Name', { exact: true }).fill('Other office');
  await form.getByLabel('Address', { exact: true }).fill(`${url}/mcp`);
  await form.getByLabel('Secret, if it wants one').fill(`Bearer ${key}`);
  await axe(page);
  await form.getByRole('button', { name: 'Add the server' }).click();

  const card = page.getByRole('region', { name: 'Other office' });
  await expect(card.getByText('Working')).toBeVisible();
  await expect(card.getByText(/^0 of \d+ tools in use$/)).toBeVisible();
  await card.getByRole('button', { name: 'Accept what it says: flow_list', exact: true }).click();
  await expect(card.getByText(/^1 of \d+ tools in use$/)).toBeVisible();
  const asks = card.getByLabel('How flow_list is asked about');
  await expect(asks).toHaveValue('ask');
  await asks.selectOption('read');
  await expect(page.getByLabel('How flow_list is asked about')).toHaveValue('read');
  await axe(page);
  await expect
    .poll(async () => {
      const call = await page.request.post(`${url}/api/mcp-call`, { data: { name: 'other_office__flow_list' } });
      return ((await call.json()) as { ok: boolean }).ok;
    })
    .toBe(true);

  await card.getByRole('button', { name: 'Change Other office' }).click();
  const change = page.getByRole('dialog', { name: 'Change Other office' });
  await expect(change.getByLabel('Address', { exact: true })).toHaveValue(`${url}/mcp`);
  await expect(change.getByLabel('Secret, if it wants one')).toHaveValue('');
  await change.getByLabel('Name', { exact: true }).fill('');
  await change.getByRole('button', { name: 'Save' }).click();
  await expect(change.getByText(/Enter a name/)).toBeVisible();
  await change.getByLabel('Name', { exact: true }).fill('Other office');
  await axe(page);
  await change.getByRole('button', { name: 'Save' }).click();
  await expect(change).toBeHidden();

  await card.getByRole('button', { name: 'Remove Other office' }).click();
  const question = page.getByRole('dialog', { name: 'Remove Other office?' });
  await question.getByRole('button', { name: 'Remove the server' }).click();
  await expect(page.getByText('No other server is used')).toBeVisible();
  expect(await page.content()).not.toContain(key);
});

test('a person signs in to a tool server with the browser', async ({ page, freshServer }) => {
  // The server itself takes such sign-ins, so it is the other one here.
  const { url } = freshServer;
  await signUp(page, {}, url);
  const opened = await page.request.put(`${url}/api/pmos/platform/settings`, { data: { outgoingAllowList: ['127.0.0.1'] } });
  expect(opened.status()).toBe(200);
  await open(page, `${url}/integrations`);
  await page.getByRole('button', { name: 'Add a server' }).click();
  const form = page.getByRole('dialog', { name: 'Add a tool server' });
  await form.getByLabel('Name', { exact: true }).fill('Own office');
  await form.getByLabel('Address', { exact: true }).fill(`${url}/mcp?auth=required`);
  await form.getByLabel('How it lets PM OS in').selectOption('sign_in');
  await expect(form.getByLabel('Secret, if it wants one')).toHaveCount(0);
  await axe(page);
  await form.getByRole('button', { name: 'Add the server' }).click();
  await page.waitForURL((it) => it.pathname === '/oauth/consent' || it.pathname === '/oauth/authorize');
  await hydrated(page);
  await page.getByRole('button', { name: /^Allow/ }).click();
  await page.waitForURL((it) => it.pathname === '/integrations');
  await hydrated(page);
  const card = page.getByRole('region', { name: 'Own office' });
  await expect(card.getByText('Working')).toBeVisible();
  await expect(card.getByRole('button', { name: 'Sign in to Own office' })).toBeVisible();
  await card.getByRole('button', { name: /^0 of \d+ tools in use$/ }).click();
  await card.getByRole('button', { name: 'Accept what it says: flow_list', exact: true }).click();
  await card.getByLabel('How flow_list is asked about').selectOption('read');
  await expect
    .poll(async () => {
      const call = await page.request.post(`${url}/api/mcp-call`, { data: { name: 'own_office__flow_list' } });
      return ((await call.json()) as { ok: boolean }).ok;
    })
    .toBe(true);
  await axe(page);
});

test('a program as a tool server is refused while programs are switched off', async ({ page, freshServer, consoleGuard }) => {
  consoleGuard.expect(/400 \(Bad Request\)/);
  // The first account is a super admin; nobody else is offered a program at all.
  const { url } = freshServer;
  await signUp(page, {}, url);
  await open(page, `${url}/integrations`);
  await page.getByRole('button', { name: 'Add a server' }).click();
  const form = page.getByRole('dialog', { name: 'Add a tool server' });
  await form.getByLabel('Name', { exact: true }).fill('Files');
  await form.getByLabel('What it is').selectOption('program');
  await expect(form.getByText('Programs are switched off here')).toBeVisible();
  await expect(form.getByLabel('Address', { exact: true })).toHaveCount(0);
  await form.getByLabel('Program', { exact: true }).fill('uvx');
  await form.getByLabel('Arguments', { exact: true }).fill('files-mcp\n--root\n/srv');
  await form.getByLabel('Variables and secrets').fill(`FILES_KEY=${SECRET}`);
  await axe(page);
  await form.getByRole('button', { name: 'Add the server' }).click();
  await expect(form.getByText('Programs are not started as tool servers here')).toBeVisible();
  await form.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('No other server is used')).toBeVisible();
});
