import { createServer, type Server as HttpServer, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { expect, open, say, signUp, test } from './fixtures.js';

/** Messages of the conversation; 1,000 of them are asked for when its figures are to be measured. */
const MESSAGES = Number(process.env.PMOS_MESSAGES ?? '140');
/** Words of the streamed answer, one every ten milliseconds. */
const WORDS = 200;
const WORD_MS = 10;

/** A provider that answers a word at a time. */
async function provider(): Promise<{ http: HttpServer; host: string }> {
  const http = createServer((request, response) => {
    request.resume();
    if (request.method === 'GET') {
      response.end(JSON.stringify({ data: [{ id: 'steady' }] }));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    speak(response, 0);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return { http, host: `127.0.0.1:${(http.address() as AddressInfo).port}` };
}

function speak(response: ServerResponse, at: number): void {
  if (at === WORDS) {
    const end = { choices: [{ delta: {}, finish_reason: 'stop' }] };
    response.end(`data: ${JSON.stringify(end)}\n\ndata: [DONE]\n\n`);
    return;
  }
  response.write(`data: ${JSON.stringify({ choices: [{ delta: { content: `word${at} ` } }] })}\n\n`);
  setTimeout(() => {
    speak(response, at + 1);
  }, WORD_MS);
}

/** Has a conversation of so many messages with the built-in assistant; gives its id. */
async function talk(page: Page, url: string, messages: number): Promise<string> {
  // Five questions a second, unless whoever runs the server wants it otherwise.
  const limits = { limits: { chatMessagesPerSecond: 1_000, callsPerMinute: 10_000 } };
  expect((await page.request.put(`${url}/api/pmos/platform/settings`, { data: limits })).status()).toBe(200);
  let session: string | undefined;
  for (let at = 0; at < messages / 2; at += 1) {
    const answer = await page.request.post(`${url}/api/chat`, { data: { message: 'hello', sessionId: session } });
    expect(answer.status()).toBe(200);
    session = ((await answer.json()) as { sessionId: string }).sessionId;
  }
  return `${session}`;
}

/** Milliseconds from each key to the frame that shows it. */
async function typing(page: Page, words: string): Promise<number[]> {
  const box = page.getByLabel('Message the assistant');
  await box.focus();
  await box.evaluate((it) => {
    const took: number[] = [];
    Object.assign(window, { took });
    it.addEventListener('keydown', (event) => {
      requestAnimationFrame(() => setTimeout(() => took.push(performance.now() - event.timeStamp)));
    });
  });
  await page.keyboard.type(words, { delay: 30 });
  await expect(box).toHaveValue(words);
  await expect.poll(() => page.evaluate(() => (window as unknown as { took: number[] }).took.length)).toBe(words.length);
  return page.evaluate(() => (window as unknown as { took: number[] }).took);
}

/** Notes how long each frame takes, from now on. */
async function watchFrames(page: Page): Promise<void> {
  await page.evaluate(() => {
    const frames: number[] = [];
    Object.assign(window, { frames });
    let before = performance.now();
    const note = (now: number): void => {
      frames.push(now - before);
      before = now;
      requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
  });
}

function tell(name: string, all: number[]): void {
  const sorted = [...all].sort((one, other) => one - other);
  const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1);
  console.log(`${name}, ${MESSAGES} messages: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${at(1)} ms`);
}

test('a long conversation opens at its end, and what is read stays in place', async ({ page, freshServer }) => {
  test.setTimeout(900_000);
  const { http, host } = await provider();
  const url = freshServer.url;
  await signUp(page, {}, url);
  const session = await talk(page, url, MESSAGES);

  await open(page, `${url}/chat/${session}`);
  const turns = page.locator('#chat-log .msg');
  await expect(turns).toHaveCount(100);
  await expect(turns.last()).toBeInViewport();
  await expect(page.getByRole('button', { name: 'Newest' })).toBeHidden();

  // What was said before comes in above what is being read.
  const first = `#${await turns.first().getAttribute('id')}`;
  await page.getByRole('button', { name: 'Show earlier' }).scrollIntoViewIfNeeded();
  await expect.poll(() => turns.count()).toBeGreaterThan(100);
  await expect(page.locator(first)).toBeInViewport();
  await page.getByRole('button', { name: 'Newest' }).click();
  await expect(turns.last()).toBeInViewport();

  tell('typing', await typing(page, 'what is overdue in the relaunch?'));
  await page.getByLabel('Message the assistant').fill('');

  const allowed = { outgoingAllowList: [host] };
  expect((await page.request.put(`${url}/api/pmos/platform/settings`, { data: allowed })).status()).toBe(200);
  const key = { provider: 'openai_compatible', apiKey: 'sk-test-0123456789abcdef', defaultModel: 'steady', baseUrl: `http://${host}/v1` };
  expect((await page.request.post(`${url}/api/pmos/byok`, { data: key })).ok()).toBe(true);
  expect((await page.request.post(`${url}/api/pmos/byok/validate`, { data: { provider: key.provider } })).ok()).toBe(true);
  await watchFrames(page);
  await say(page, 'speak');
  await expect(page.locator('.msg--ai').last().getByText(`word${WORDS - 1}`)).toBeVisible();
  tell('frames of a stream', await page.evaluate(() => (window as unknown as { frames: number[] }).frames));
  await expect(turns.last()).toBeInViewport();
  http.close();
});
