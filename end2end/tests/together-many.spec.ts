import type { Page } from '@playwright/test';
import { expect, open, signUp, test } from './fixtures.js';
import { draft, setName, tool } from './flows.js';

/** Edits that each window makes. */
const EDITS = 200;

interface Step {
  name: string;
  displayName: string;
  skip?: boolean;
  nextAction?: Step;
}

interface Edit {
  type: string;
  request: { names?: string[]; skip?: boolean; name?: string; displayName?: string };
}

/** What the server acknowledged to one window: edits, with the revision that they made. */
interface Acknowledged {
  revision: number;
  edits: Edit[];
}

/** Collects what the server acknowledges to `page` from now on. */
function listen(page: Page): () => Promise<Acknowledged[]> {
  const answers: Promise<Acknowledged>[] = [];
  page.on('response', (response) => {
    if (response.url().endsWith('/fn/edit_flow') && response.ok()) {
      const { edits } = response.request().postDataJSON() as { edits: Edit[] };
      answers.push(response.json().then(({ revision }: { revision: number }) => ({ revision, edits })));
    }
  });
  return () => Promise.all(answers);
}

/** Every step of the main line as the server has it: its name, and whether it is switched off. */
async function saved(page: Page, id: string): Promise<Record<string, [string, boolean]>> {
  const read = await tool(page.request, 'flow_get', { flow_id: id });
  const found: Record<string, [string, boolean]> = {};
  let step = (read['version'] as { trigger: Step }).trigger.nextAction;
  while (step) {
    found[step.name] = [step.displayName, step.skip ?? false];
    step = step.nextAction;
  }
  return found;
}

/** The same as one view of a window shows it. */
function drawn(page: Page, view: 'canvas' | 'outline'): Promise<Record<string, [string, boolean]>> {
  return page.evaluate((view) => {
    const found: Record<string, [string, boolean]> = {};
    const within = view === 'canvas' ? '.node[data-step]' : '.ol__line[data-step]';
    for (const item of document.querySelectorAll(within)) {
      const name = item.getAttribute('data-step') ?? '';
      const title = (item.querySelector('b')?.textContent ?? '').replace(/^\s*(Step)?\s*\d+\s*/, '').trim();
      const quiet = [...item.querySelectorAll('.quiet')].some((it) => it.textContent === 'Off');
      if (name !== 'trigger') {
        found[name] = [title, quiet];
      }
    }
    return found;
  }, view);
}

interface Work {
  page: Page;
  /** What the window calls the steps it names. */
  word: string;
  /** The steps that only this window touches. */
  own: string[];
  /** Which half of the work is done in the outline. */
  outlineFirst: boolean;
}

/** Makes the edits; gives how often each step was switched, and what it was named last. */
async function work({ page, word, own, outlineFirst }: Work) {
  const presses: Record<string, number> = {};
  const names: Record<string, string> = {};
  for (let at = 0; at < EDITS; at += 1) {
    const inOutline = at < EDITS / 2 === outlineFirst;
    if (at % (EDITS / 2) === 0) {
      await page.locator(inOutline ? '#view-o' : '#view-c').click();
    }
    const step = own[Math.floor(at / 10) % own.length] ?? '';
    const button = page.locator(`#${inOutline ? 'row' : 'node'}-${step}`);
    if (at % 10 === 9) {
      names[step] = `${word} ${at}`;
      await button.press('Enter');
      const name = page.locator(`#name-${step}`);
      await expect(name).toBeFocused();
      await name.fill(names[step]);
      continue;
    }
    if (at % 10 === 0) {
      await button.focus();
    }
    // The keys stay where they are while the other window draws: nothing puts them back here.
    await page.keyboard.press('Control+e');
    presses[step] = (presses[step] ?? 0) + 1;
  }
  return { presses, names };
}

test('two windows make 200 edits each, and no edit is lost', async ({ page, context, consoleGuard }) => {
  // Who is a moment late is told so, and puts the edit on top of the other's.
  consoleGuard.expect(/409/);
  // So many calls in a minute are held back for a moment.
  consoleGuard.expect(/429/);
  await signUp(page);
  const id = await draft(page.request, 'Many', ['One', 'Two', 'Three', 'Four', 'Five'].map(setName));
  const other = await context.newPage();
  await open(page, `/flows/${id}`);
  await open(other, `/flows/${id}`);
  const heard = [listen(page), listen(other)];
  const [mine, theirs] = await Promise.all([
    work({ page, word: 'Mine', own: ['step_1', 'step_2', 'step_3'], outlineFirst: false }),
    work({ page: other, word: 'Theirs', own: ['step_4', 'step_5'], outlineFirst: true }),
  ]);
  for (const window of [page, other]) {
    await expect(window.locator('.sbar__saved')).toHaveText('Saved');
  }

  const told = await Promise.all(heard.map((it) => it()));
  for (const [window, made] of [mine, theirs].entries()) {
    const skips: Record<string, number> = {};
    for (const step of (told[window] ?? []).flatMap((it) => it.edits).flatMap((it) => (it.type === 'SET_SKIP_ACTION' ? (it.request.names ?? []) : []))) {
      skips[step] = (skips[step] ?? 0) + 1;
    }
    expect(skips, 'every key press is one edit that the server took').toEqual(made.presses);
  }

  const server = await saved(page, id);
  const inOrder = told.flat().sort((a, b) => a.revision - b.revision);
  const expected: Record<string, [string, boolean]> = {};
  for (const [name, words] of Object.entries({ step_1: 'One', step_2: 'Two', step_3: 'Three', step_4: 'Four', step_5: 'Five' })) {
    expected[name] = [words, false];
  }
  for (const { type, request } of inOrder.flatMap((it) => it.edits)) {
    for (const name of request.names ?? (request.name ? [request.name] : [])) {
      const before = expected[name] ?? ['', false];
      expected[name] = type === 'SET_SKIP_ACTION' ? [before[0], request.skip ?? false] : [request.displayName ?? before[0], request.skip ?? before[1]];
    }
  }
  expect(server, 'what was acknowledged is what the server has').toEqual(expected);
  for (const { presses, names } of [mine, theirs]) {
    for (const [step, name] of Object.entries(names)) {
      expect(server[step]?.[0]).toBe(name);
    }
    for (const [step, times] of Object.entries(presses)) {
      expect(server[step]?.[1], `${step} after ${times} presses`).toBe(times % 2 === 1);
    }
  }
  for (const window of [page, other]) {
    for (const view of ['canvas', 'outline'] as const) {
      await expect.poll(() => drawn(window, view), `${view} and server agree`).toEqual(server);
    }
  }
  await page.locator('#view-c').click();
  await page.locator('#node-step_5').click();
  await expect(page.locator('#name-step_5')).toHaveValue(server['step_5']?.[0] ?? '');
});

test('what has the focus keeps it while somebody else adds and moves steps', async ({ page }) => {
  await signUp(page);
  const id = await draft(page.request, 'Focus', ['One', 'Two', 'Three'].map(setName));
  await open(page, `/flows/${id}`);
  const add = async (name: string): Promise<void> => {
    const { nextAction: _, ...step } = (await tool(page.request, 'flow_get', { flow_id: id }).then(
      (read) => (read['version'] as { trigger: { nextAction: Step } }).trigger.nextAction,
    )) as Step;
    const request = { parentStep: 'trigger', action: { ...step, name, displayName: name } };
    await tool(page.request, 'flow_update', { flow_id: id, operation: { type: 'ADD_ACTION', request } });
  };
  await page.locator('#node-step_2').focus();
  await add('step_4');
  await expect(page.locator('#node-step_4')).toBeVisible();
  await expect(page.locator('#node-step_2')).toBeFocused();
  await page.locator('#view-o').click();
  await page.locator('#row-step_2').focus();
  await add('step_5');
  await expect(page.locator('#row-step_5')).toBeVisible();
  await expect(page.locator('#row-step_2')).toBeFocused();
  await page.keyboard.press('Control+e');
  await expect(page.locator('.ol__line[data-step="step_2"]')).toContainText('Off');
});
