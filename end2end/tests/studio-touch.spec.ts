import type { CDPSession, Page } from '@playwright/test';
import { expect, open, signUp, test } from './fixtures.js';
import { draft, setName, tool } from './flows.js';

test.use({ hasTouch: true, viewport: { width: 1024, height: 768 } });

/** A finger at a point of the window. */
interface Finger {
  x: number;
  y: number;
  id: number;
}

type Kind = 'touchStart' | 'touchMove' | 'touchEnd';

/** Fingers of one page. */
async function hand(page: Page) {
  const session: CDPSession = await page.context().newCDPSession(page);
  return (type: Kind, ...touchPoints: Finger[]) => session.send('Input.dispatchTouchEvent', { type, touchPoints });
}

async function middle(page: Page, selector: string): Promise<{ x: number; y: number }> {
  const box = await page.locator(selector).boundingBox();
  if (!box) {
    throw new Error(`${selector} is not drawn`);
  }
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

async function order(page: Page, id: string): Promise<string[]> {
  interface Step {
    displayName: string;
    nextAction?: Step;
  }
  const read = await tool(page.request, 'flow_get', { flow_id: id });
  const found: string[] = [];
  let step = (read['version'] as { trigger: Step }).trigger.nextAction;
  while (step) {
    found.push(step.displayName);
    step = step.nextAction;
  }
  return found;
}

test('two fingers zoom, one steers, and one that rests on a step carries it', async ({ page }) => {
  await signUp(page);
  const id = await draft(page.request, 'By touch', ['One', 'Two', 'Three'].map(setName));
  await open(page, `/flows/${id}`);
  const touch = await hand(page);
  const zoom = page.locator('.zoom output');
  const before = Number.parseInt(await zoom.innerText(), 10);

  const empty = { x: 200, y: 420 };
  await touch('touchStart', { ...empty, id: 1 });
  await touch('touchStart', { ...empty, id: 1 }, { x: 300, y: 420, id: 2 });
  for (const x of [280, 260, 250]) {
    await touch('touchMove', { ...empty, id: 1 }, { x, y: 420, id: 2 });
  }
  await touch('touchEnd');
  await expect.poll(async () => Number.parseInt(await zoom.innerText(), 10)).toBeLessThan(before);

  const step = await middle(page, '#node-step_3');
  await touch('touchStart', { ...step, id: 1 });
  for (const by of [20, 40, 60]) {
    await touch('touchMove', { x: step.x, y: step.y - by, id: 1 });
  }
  await touch('touchEnd');
  await expect.poll(async () => (await middle(page, '#node-step_3')).y).toBeLessThan(step.y - 30);
  expect(await order(page, id)).toEqual(['One', 'Two', 'Three']);

  const from = await middle(page, '#node-step_3');
  const to = await middle(page, '#node-step_1');
  await touch('touchStart', { ...from, id: 1 });
  await expect(page.locator('.carried')).toHaveText('Three');
  for (const part of [0.4, 0.8, 1]) {
    await touch('touchMove', { x: from.x, y: from.y + (to.y - 34 - from.y) * part, id: 1 });
  }
  await expect(page.locator('.plus.is-over')).toHaveCount(1);
  await touch('touchEnd');
  await expect.poll(() => order(page, id)).toEqual(['Three', 'One', 'Two']);

  await page.locator('#node-step_2').tap();
  await expect(page.locator('#name-step_2')).toHaveValue('Two');
});

test('under fingers the targets of the canvas are 44 pixels', async ({ page }) => {
  await signUp(page);
  const id = await draft(page.request, 'Targets', [setName('One')]);
  await open(page, `/flows/${id}`);
  expect(await page.evaluate(() => matchMedia('(pointer: coarse)').matches)).toBe(true);
  for (const button of await page.locator('.zoom button').all()) {
    const box = await button.boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
  }
});
