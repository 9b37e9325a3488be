import type { Locator, Page } from '@playwright/test';
import { axe, expect, open, say, signUp, test } from './fixtures.js';
import { draft, setName, tool } from './flows.js';

/** Names of the steps on the canvas, in reading order. */
async function titles(page: Page): Promise<string[]> {
  const all = await page.locator('.node__main b').allInnerTexts();
  return all.map((it) => it.replace(/^(Step)?\s*\d+\s*/, '').trim());
}

/** What the server has, in reading order of the main line. */
async function saved(page: Page, id: string): Promise<string[]> {
  const read = await tool(page.request, 'flow_get', { flow_id: id });
  const found: string[] = [];
  interface Step {
    displayName: string;
    nextAction?: Step;
  }
  let step = (read['version'] as { trigger: Step }).trigger.nextAction;
  while (step) {
    found.push(step.displayName);
    step = step.nextAction;
  }
  return found;
}

/** Goes back through a dialog until `to` has the focus. */
async function reach(to: Locator, press: (...keys: string[]) => Promise<void>): Promise<void> {
  for (let tries = 0; tries < 12; tries += 1) {
    if (await to.evaluate((it) => it === document.activeElement)) {
      return;
    }
    await press('Shift+Tab');
  }
  await expect(to).toBeFocused();
}

const ABCD = ['Catch webhook', 'Apple', 'Bread', 'Cheese', 'Dates'];

async function four(page: Page): Promise<string> {
  const id = await draft(page.request, 'Shopping', ABCD.slice(1).map(setName));
  await open(page, `/flows/${id}`);
  await expect.poll(() => titles(page)).toEqual(ABCD);
  return id;
}

test('several steps are picked, moved, copied, switched off and deleted, each as one change', async ({ page }) => {
  await signUp(page);
  const id = await four(page);

  await page.locator('#node-step_2').click({ modifiers: ['Shift'] });
  await page.locator('#node-step_3').click({ modifiers: ['Control'] });
  const bar = page.getByRole('toolbar', { name: 'Picked steps' });
  await expect(bar).toContainText('2 steps picked');
  await axe(page);

  await page.locator('#node-step_3').focus();
  await page.keyboard.press('Alt+ArrowUp');
  await expect.poll(() => titles(page)).toEqual(['Catch webhook', 'Bread', 'Cheese', 'Apple', 'Dates']);
  await expect.poll(() => saved(page, id)).toEqual(['Bread', 'Cheese', 'Apple', 'Dates']);

  await page.keyboard.press('Control+d');
  await expect.poll(() => titles(page)).toEqual(['Catch webhook', 'Bread', 'Cheese', 'Bread', 'Cheese', 'Apple', 'Dates']);
  await page.keyboard.press('Delete');
  await expect.poll(() => titles(page)).toEqual(['Catch webhook', 'Bread', 'Cheese', 'Apple', 'Dates']);
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expect.poll(() => titles(page)).toEqual(ABCD);
  await expect.poll(() => saved(page, id)).toEqual(ABCD.slice(1));

  await page.locator('#node-step_1').focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+e');
  await expect(page.locator('.node[data-run="skipped"]')).toHaveCount(4);
  await page.keyboard.press('Control+e');
  await expect(page.locator('.node[data-run="skipped"]')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(bar).toHaveCount(0);
});

test('a step is dragged onto a line, and a frame picks what it meets', async ({ page }) => {
  await signUp(page);
  const id = await four(page);
  const box = async (name: string) => {
    const found = await page.locator(`#node-${name}`).boundingBox();
    if (!found) {
      throw new Error(`${name} is not drawn`);
    }
    return found;
  };
  const from = await box('step_4');
  const to = await box('step_1');
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(from.x + from.width / 2, from.y - 40, { steps: 4 });
  await expect(page.locator('.carried')).toHaveText('Dates');
  await page.mouse.move(to.x + to.width / 2, to.y - 16, { steps: 8 });
  await expect(page.locator('.plus.is-over')).toHaveCount(1);
  await page.mouse.up();
  await expect.poll(() => titles(page)).toEqual(['Catch webhook', 'Dates', 'Apple', 'Bread', 'Cheese']);
  await expect.poll(() => saved(page, id)).toEqual(['Dates', 'Apple', 'Bread', 'Cheese']);

  const last = await box('step_3');
  await page.keyboard.down('Shift');
  await page.mouse.move(last.x - 60, last.y + last.height + 10);
  await page.mouse.down();
  await page.mouse.move(last.x + 40, last.y - 80, { steps: 6 });
  await expect(page.locator('.marquee')).toHaveCount(1);
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await expect(page.getByRole('toolbar', { name: 'Picked steps' })).toContainText('2 steps picked');
});

test('steps are pasted into another flow, and nonsense changes nothing and says why', async ({ page }) => {
  await signUp(page);
  await four(page);
  await page.locator('#node-step_1').focus();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Control+c');

  const other = await draft(page.request, 'Elsewhere', [setName('Zest')]);
  await open(page, `/flows/${other}`);
  await page.locator('#node-step_1').focus();
  await page.keyboard.press('Control+v');
  await expect.poll(() => titles(page)).toEqual(['Catch webhook', 'Zest', 'Apple', 'Bread']);
  await expect.poll(() => saved(page, other)).toEqual(['Zest', 'Apple', 'Bread']);

  await page.locator('#node-step_1').focus();
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData('text/plain', 'buy milk');
    window.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data }));
  });
  await expect(page.getByText('The clipboard holds no steps.')).toBeVisible();
  expect(await titles(page)).toEqual(['Catch webhook', 'Zest', 'Apple', 'Bread']);
});

test('the search goes from one step to the next, and notes stay beside the steps', async ({ page }) => {
  await signUp(page);
  const id = await four(page);
  await page.locator('#node-step_1').focus();
  await page.keyboard.press('Control+f');
  await page.keyboard.type('e');
  const search = page.getByRole('search', { name: 'Search in this flow' });
  await expect(search.locator('output')).toHaveText(/^1 of \d$/);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('bread');
  await expect(page.locator('.node[data-found]')).toHaveCount(1);
  await axe(page);
  await page.keyboard.press('Escape');
  await expect(page.locator('#node-step_2')).toBeFocused();

  await page.getByRole('button', { name: 'Add a note' }).click();
  await page.keyboard.type('Ask before Friday');
  const note = page.locator('.canvas .note');
  await expect(note.getByLabel('Note', { exact: true })).toHaveValue('Ask before Friday');
  const before = await note.boundingBox();
  await note.getByRole('button', { name: 'Move this note' }).focus();
  await page.keyboard.press('ArrowDown');
  await expect.poll(async () => (await note.boundingBox())?.y).toBeGreaterThan(before?.y ?? 0);
  await axe(page);
  await expect
    .poll(async () => {
      const read = await tool(page.request, 'flow_get', { flow_id: id });
      return (read['version'] as { notes: { content: string }[] }).notes.map((it) => it.content);
    })
    .toEqual(['Ask before Friday']);
  await open(page, `/flows/${id}`);
  await expect(page.locator('.canvas .note textarea')).toHaveValue('Ask before Friday');
});

test('five steps are made, tested and published by keyboard alone, in at most 60 keys', async ({ page }) => {
  await signUp(page);
  const made = await tool(page.request, 'flow_create', { name: 'By hand' });
  const id = (made['flow'] as { id: string }).id;
  await open(page, `/flows/${id}`);
  let keys = 0;
  const press = async (...all: string[]): Promise<void> => {
    for (const key of all) {
      await page.keyboard.press(key);
      keys += key.split('+').filter((it) => it.length > 0).length || 1;
    }
  };
  const word = async (text: string): Promise<void> => {
    await page.keyboard.type(text);
    keys += text.length;
  };
  const first = async (words: RegExp): Promise<void> => {
    await expect(page.locator('#pick-0')).toContainText(words);
  };

  // A new flow begins with the keys on what starts it.
  await expect(page.locator('#node-trigger')).toBeFocused();
  await press('Enter');
  await word('hand');
  await first(/start by hand/i);
  await press('Enter');
  for (const step of ['step_1', 'step_2', 'step_3', 'step_4']) {
    await expect(page.locator('.node__main:focus')).toHaveCount(1);
    await press('+');
    keys += 1;
    await word('req');
    await first(/answer the request/i);
    await press('Enter');
    await expect(page.locator(`#node-${step}`)).toBeFocused();
  }
  await expect.poll(() => titles(page)).toHaveLength(5);
  await expect(page.locator('.sbar__saved')).toHaveText('Saved');

  await press('Control+Enter');
  await expect(page.getByRole('dialog', { name: 'Test this flow' })).toBeVisible();
  const start = page.getByRole('button', { name: 'See what would change' });
  await reach(start, press);
  await press('Enter');
  await page.waitForURL(/run=/);
  await open(page, `/flows/${id}`);

  await press('Control+Shift+Enter');
  const publish = page.getByRole('dialog').getByRole('button', { name: 'Publish', exact: true });
  await expect(publish).toBeVisible();
  await reach(publish, press);
  await press('Enter');
  await expect(page.getByText('By hand is live')).toBeVisible();
  expect(keys).toBeLessThanOrEqual(60);
});

test('what the assistant proposes is drawn in place, accepted as one step and undone as one', async ({ page }) => {
  await signUp(page);
  const id = await four(page);
  await say(page, 'delete step 3');
  const bar = page.locator('.canvas .runbar');
  await expect(bar).toContainText('The assistant proposes 1 change');
  await expect(page.locator('.node[data-op="del"]')).toHaveCount(1);
  await expect.poll(() => saved(page, id)).toEqual(ABCD.slice(1));
  await axe(page);
  await bar.getByRole('button', { name: 'After' }).click();
  await expect.poll(() => titles(page)).toHaveLength(4);
  await bar.getByRole('button', { name: 'Before' }).click();
  await expect.poll(() => titles(page)).toEqual(ABCD);
  await bar.getByRole('button', { name: 'Accept all' }).click();
  await expect.poll(() => titles(page)).toHaveLength(4);
  await expect.poll(async () => (await saved(page, id)).length).toBe(3);
  await page.locator('.sbar').getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => saved(page, id)).toEqual(ABCD.slice(1));
});

test('a proposal of one part can be looked through, and is taken whole or dropped', async ({ page }) => {
  await signUp(page);
  const id = await four(page);
  await say(page, 'delete step 3');
  const bar = page.locator('.canvas .runbar');
  await expect(bar).toContainText('The assistant proposes 1 change');
  await bar.getByRole('button', { name: 'Choose' }).click();
  const parts = page.getByRole('list', { name: 'What is proposed' });
  await expect(parts.getByRole('checkbox')).toHaveCount(1);
  await expect(parts.getByRole('checkbox')).toBeDisabled();
  await expect(page.getByText('It is taken whole or not at all.')).toBeVisible();
  await axe(page);
  await bar.getByRole('button', { name: 'Drop' }).click();
  await expect(bar).toHaveCount(0);
  await expect.poll(() => saved(page, id)).toEqual(ABCD.slice(1));
});
