import type { Page } from '@playwright/test';
import { axe, expect, open, signUp, test } from './fixtures.js';
import { draft, setName, tool } from './flows.js';

/** A flow whose second step is a router with two branches. */
async function branching(page: Page): Promise<string> {
  const id = await draft(page.request, 'Two ways', [setName('Keep the name')]);
  const condition = { operator: 'TEXT_CONTAINS', firstValue: "{{trigger['body']['name']}}", secondValue: 'a' };
  const settings = {
    executionType: 'EXECUTE_FIRST_MATCH',
    branches: [
      { branchType: 'CONDITION', branchName: 'Short', conditions: [[condition]] },
      { branchType: 'CONDITION', branchName: 'Long', conditions: [[condition]] },
      { branchType: 'FALLBACK', branchName: 'Otherwise' },
    ],
  };
  const action = { name: 'step_2', displayName: 'Which way', type: 'ROUTER', valid: true, skip: false, settings, children: [null, null, null] };
  const request = { parentStep: 'step_1', action };
  await tool(page.request, 'flow_update', { flow_id: id, operation: { type: 'ADD_ACTION', request } });
  return id;
}

interface Router {
  settings: { executionType: string; parallel?: boolean };
}

async function router(page: Page, id: string): Promise<Router['settings']> {
  const read = await tool(page.request, 'flow_get', { flow_id: id });
  const { trigger } = read['version'] as { trigger: { nextAction: { nextAction: Router } } };
  const { executionType, parallel } = trigger.nextAction.nextAction.settings;
  return { executionType, ...(parallel === undefined ? {} : { parallel }) };
}

test('a router says how its branches run, on the canvas and in the outline', async ({ page }) => {
  await signUp(page);
  const id = await branching(page);
  await open(page, `/flows/${id}?step=step_2`);
  const choice = page.getByLabel('Run matching branches');
  const card = page.locator('#node-step_2');
  await expect(choice).toHaveValue('first');
  await expect(card).toContainText('3 branches');

  await choice.selectOption('Every branch that fits, all at the same time');
  await expect(card).toContainText('3 branches at the same time');
  await page.locator('#view-o').click();
  await expect(page.locator('#row-step_2')).toContainText('3 branches at the same time');
  await page.locator('#view-c').click();
  await expect(page.getByText('A branch cannot use what another one gives.')).toBeVisible();
  await expect.poll(() => router(page, id)).toEqual({ executionType: 'EXECUTE_ALL_MATCH', parallel: true });
  await axe(page);

  await choice.selectOption('Every branch that fits, one after the other');
  await expect(card).toContainText('3 branches, all that fit');
  await expect.poll(() => router(page, id)).toEqual({ executionType: 'EXECUTE_ALL_MATCH' });
  await page.locator('.sbar').getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(choice).toHaveValue('at-once');
});
