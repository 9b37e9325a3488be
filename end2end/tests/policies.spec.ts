import { axe, expect, open, signUp, test, useSample } from './fixtures.js';

test('a policy is made, thought through, put first, switched off and removed', async ({ page, consoleGuard }) => {
  // The form without a name, and a tool that is not there.
  consoleGuard.expect(/400 \(Bad Request\)/);
  await signUp(page);
  await open(page, '/settings/policies');
  const tools = page.getByRole('region', { name: 'Rules about tools' });
  const form = page.getByRole('dialog');
  await tools.getByRole('button', { name: 'Add a rule about tools' }).click();
  await form.getByRole('button', { name: 'Save the rule' }).click();
  await expect(form.getByText('Give it a name')).toBeVisible();
  await form.getByLabel('Name').fill('No bin for members');
  await form.getByLabel('What happens').selectOption({ label: 'Refuse' });
  await form.getByLabel('With which tools').selectOption({ label: 'What deletes or shows data to outsiders' });
  await form.getByLabel('For whom').selectOption({ label: 'Members' });
  await axe(page);
  await form.getByRole('button', { name: 'Save the rule' }).click();
  await expect(tools.getByText('Refuse what deletes for members')).toBeVisible();

  await tools.getByRole('button', { name: 'Add a rule about tools' }).click();
  await form.getByLabel('Name').fill('Flows slowly');
  await form.getByLabel('With which tools').selectOption({ label: 'One tool' });
  await form.getByLabel('Tool', { exact: true }).fill('fly');
  await form.getByRole('button', { name: 'Save the rule' }).click();
  await expect(form.getByText('There is no tool called fly')).toBeVisible();
  await form.getByLabel('Tool', { exact: true }).fill('flow_create');
  await form.getByRole('button', { name: 'Save the rule' }).click();
  await expect(tools.getByText('Ask before flow_create for everybody')).toBeVisible();

  const trial = page.getByRole('region', { name: 'What would happen?' });
  await trial.getByLabel('calls the tool').fill('trash_recording');
  await trial.getByRole('button', { name: 'Think it through' }).click();
  await expect(trial.getByText('It is refused by the policy “No bin for members”.').first()).toBeVisible();
  await axe(page);

  await tools.getByRole('button', { name: 'Look at Flows slowly earlier' }).click();
  await expect(tools.getByRole('listitem').first()).toContainText('Flows slowly');
  await tools.getByRole('switch', { name: 'Flows slowly is in force' }).click();
  await expect(tools.getByRole('switch', { name: 'Flows slowly is in force' })).not.toBeChecked();
  await tools.getByRole('button', { name: 'Remove: Flows slowly' }).click();
  await form.getByRole('button', { name: 'Remove it' }).click();
  await expect(tools.getByText('Flows slowly')).toHaveCount(0);
});

test('a rule about work is chosen from those that are understood', async ({ page }) => {
  await signUp(page);
  await open(page, '/settings/policies');
  const work = page.getByRole('region', { name: 'Rules about work' });
  const form = page.getByRole('dialog');
  await work.getByRole('button', { name: 'Add a rule about work' }).click();
  await form.getByLabel('Name').fill('Somebody has it');
  await form.getByRole('button', { name: 'every to-do needs an assignee' }).click();
  await expect(form.getByLabel('Rule', { exact: true })).toHaveValue('every to-do needs an assignee');
  await form.getByLabel('How hard it holds').selectOption({ label: 'Stops what breaks it' });
  await axe(page);
  await form.getByRole('button', { name: 'Save the rule' }).click();
  await expect(work.getByText('Every to-do needs an assignee')).toBeVisible();
  await expect(work.getByText('Stops what breaks it')).toBeVisible();
});

test('a limit is set, stops what is over it, is seen by its person and taken away', async ({ page }) => {
  await signUp(page);
  await open(page, '/settings/limits');
  await expect(page.getByText('No limits yet')).toBeVisible();
  const form = page.getByRole('region', { name: 'Set a limit' });
  await form.getByRole('button', { name: 'Set the limit' }).click();
  await expect(form.getByText('Give a number above 0')).toBeVisible();
  await form.getByLabel('At most').fill('1');
  await form.getByRole('button', { name: 'Set the limit' }).click();
  await expect(page.getByText('1 change a day')).toBeVisible();
  await axe(page);

  const make = { name: 'flow_create', arguments: { name: 'Invoices' } };
  const first = await page.request.post('/api/mcp-call', { data: make });
  expect((await first.json()).ok).toBe(true);
  const second = await page.request.post('/api/mcp-call', { data: make });
  expect(await second.json()).toMatchObject({ ok: false, code: 'RATE_LIMITED' });

  await open(page, '/settings/profile');
  const used = page.getByRole('region', { name: 'What you used' });
  await expect(used.getByText('1 change of 1 today')).toBeVisible();
  await expect(used.getByText('Used up')).toBeVisible();
  await axe(page);

  await open(page, '/settings/limits');
  await page.getByRole('button', { name: 'Take away: Each person, 1 change a day' }).click();
  await expect(page.getByText('No limits yet')).toBeVisible();
});

test('a person chooses what they are told of', async ({ page }) => {
  await signUp(page);
  await open(page, '/settings/notifications');
  await expect(page.getByText('Nothing chosen yet')).toBeVisible();
  const add = page.getByRole('region', { name: 'Tell me of more' });
  await add.getByLabel('When this happens').selectOption({ label: 'Flow created' });
  await add.getByRole('button', { name: 'Tell me' }).click();
  const chosen = page.getByRole('region', { name: 'What you are told of' });
  await expect(chosen.getByText('Flow created')).toBeVisible();
  await axe(page);
  await chosen.getByRole('button', { name: 'Stop telling me: Flow created' }).click();
  await expect(page.getByText('Nothing chosen yet')).toBeVisible();
});

test('a project has a budget, and what is spent is seen against it', async ({ page }) => {
  await signUp(page);
  await useSample(page);
  await open(page, '/projects');
  await page.getByRole('link', { name: 'Website relaunch' }).first().click();
  const card = page.getByRole('region', { name: 'Budget' });
  await card.getByRole('button', { name: 'Set the budget' }).click();
  await card.getByLabel('Amount').fill('1000');
  await card.getByRole('button', { name: 'Save' }).click();
  await expect(card.getByText('0 of 1000 spent, 1000 left')).toBeVisible();
  await card.getByRole('button', { name: 'Log an expense' }).click();
  await card.getByLabel('Amount').fill('250.5');
  await card.getByLabel('What for, in one word').fill('print');
  await card.getByRole('button', { name: 'Save' }).click();
  await expect(card.getByText('250.50 of 1000 spent, 749.50 left')).toBeVisible();
  await axe(page);
  await card.getByRole('button', { name: 'Take away: 250.50 for print' }).click();
  await expect(card.getByText('0 of 1000 spent, 1000 left')).toBeVisible();
});
