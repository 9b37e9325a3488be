import type { Page } from '@playwright/test';
import { expect, open, signUp, test } from './fixtures.js';
import { draft, setName } from './flows.js';

/** Frames of one movement that are looked at. */
const FRAMES = 120;

/** Frames per second that 95 of 100 frames of a movement reach, with `move` sent to the canvas before each. */
async function fps(page: Page, move: { deltaX: number; deltaY: number; ctrlKey: boolean }): Promise<number> {
  return page.evaluate(
    async ({ move, frames }) => {
      const canvas = document.getElementById('canvas');
      const frame = () => new Promise<number>((done) => requestAnimationFrame(done));
      const rect = canvas?.getBoundingClientRect();
      const at = { clientX: (rect?.left ?? 0) + 300, clientY: (rect?.top ?? 0) + 300, bubbles: true, cancelable: true };
      const took: number[] = [];
      let last = await frame();
      for (let it = 0; it < frames; it += 1) {
        const way = Math.floor(it / 30) % 2 === 0 ? 1 : -1;
        const by = { deltaX: move.deltaX * way, deltaY: move.deltaY * way, ctrlKey: move.ctrlKey };
        canvas?.dispatchEvent(new WheelEvent('wheel', { ...at, ...by }));
        const now = await frame();
        took.push(now - last);
        last = now;
      }
      took.sort((a, b) => a - b);
      return 1000 / (took[Math.floor(frames * 0.95)] ?? 1);
    },
    { move, frames: FRAMES },
  );
}

/** Which cards changed on the page while `act` was done and until two frames later. */
async function repainted(page: Page, act: () => Promise<void>): Promise<string[]> {
  await page.evaluate(() => {
    const touched = new Set<string>();
    const note = (node: Node): void => {
      const element = node instanceof Element ? node : node.parentElement;
      const step = element?.closest('.node[data-step]')?.getAttribute('data-step');
      if (step) {
        touched.add(step);
      }
    };
    const observer = new MutationObserver((all) => all.forEach((it) => note(it.target)));
    const nodes = document.querySelector('.nodes');
    if (nodes) {
      observer.observe(nodes, { subtree: true, childList: true, characterData: true, attributes: true });
    }
    Object.assign(window, { touchedCards: touched });
  });
  await act();
  return page.evaluate(async () => {
    for (let it = 0; it < 2; it += 1) {
      await new Promise((done) => requestAnimationFrame(done));
    }
    return [...(window as unknown as { touchedCards: Set<string> }).touchedCards];
  });
}

for (const steps of [200, 500]) {
  test(`a flow of ${steps} steps is steered in frames, and a key touches one card`, async ({ page }) => {
    await signUp(page);
    const names = Array.from({ length: steps }, (_, at) => setName(`Step ${at + 1}`));
    const id = await draft(page.request, `Long ${steps}`, names);
    const since = Date.now();
    await open(page, `/flows/${id}?step=step_1`);
    const name = page.locator('#name-step_1');
    await expect(name).toHaveValue('Step 1');
    const opened = Date.now() - since;
    const pan = await fps(page, { deltaX: 0, deltaY: 40, ctrlKey: false });
    const zoom = await fps(page, { deltaX: 0, deltaY: 12, ctrlKey: true });
    await page.getByRole('button', { name: 'Fit the whole flow' }).click();
    await name.focus();
    await page.keyboard.press('End');
    const cards = await repainted(page, () => page.keyboard.type('x'));
    expect(cards, 'a key in the panel changes the card of its step alone').toEqual(['step_1']);
    const figures = [`open ${opened} ms`, `pan p5 ${pan.toFixed(0)} fps`, `zoom p5 ${zoom.toFixed(0)} fps`];
    console.log(`studio, ${steps} steps: ${figures.join(', ')}, ${cards.length} card repainted per key`);
  });
}
