import { createServer, type Server as HttpServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { axe, expect, open, signUp, test, useSample } from './fixtures.js';

/** A model provider of our own on this machine: it lists two models, uses the tool it is offered, then answers. */
async function provider(): Promise<{ http: HttpServer; host: string }> {
  const http = createServer((request, response) => {
    if (request.method === 'GET') {
      response.end(JSON.stringify({ data: [{ id: 'small' }, { id: 'large' }] }));
      return;
    }
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      if (request.headers.authorization !== 'Bearer sk-test-0123456789abcdef') {
        response.writeHead(401, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ error: { message: 'no', type: 'authentication_error' } }));
        return;
      }
      const { messages } = JSON.parse(body) as { messages: { role: string }[] };
      const used = messages.some(({ role }) => role === 'tool');
      const call = { index: 0, id: 'c1', type: 'function', function: { name: 'list_projects', arguments: '{}' } };
      const delta = used ? { content: 'There are three projects.' } : { tool_calls: [call] };
      const frames = [
        { choices: [{ delta }] },
        { choices: [{ delta: {}, finish_reason: used ? 'stop' : 'tool_calls' }] },
        { choices: [], usage: { prompt_tokens: 11, completion_tokens: 7 } },
      ];
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`${frames.map((it) => `data: ${JSON.stringify(it)}\n\n`).join('')}data: [DONE]\n\n`);
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return { http, host: `127.0.0.1:${(http.address() as AddressInfo).port}` };
}

test('an admin chooses a model, tests it with one real question, and answers name it', async ({ page, freshServer }) => {
  test.setTimeout(180_000);
  const { http, host } = await provider();
  await signUp(page, {}, freshServer.url);
  const allowed = await page.request.put(`${freshServer.url}/api/pmos/platform/settings`, {
    data: { outgoingAllowList: [host] },
  });
  expect(allowed.status()).toBe(200);
  await useSample(page, freshServer.url);
  await open(page, `${freshServer.url}/settings/assistant`);
  await expect(page.getByText('The built-in assistant answers you')).toBeVisible();
  const card = page.getByRole('region', { name: "The workspace's model" });
  await card.getByRole('button', { name: 'Test only' }).click();
  await expect(card.getByText('The assistant can answer')).toBeVisible();

  await card.getByText('OpenAI-compatible', { exact: true }).click();
  await card.getByLabel('OpenAI-compatible API key').fill('sk-wrong-0123456789');
  await card.getByLabel('Address').fill(`http://${host}`);
  await card.getByRole('button', { name: 'Load list' }).click();
  await expect(card.getByText('2 models listed.')).toBeVisible();
  await card.getByLabel('Model', { exact: true }).fill('small');
  await card.getByRole('button', { name: 'Test and use' }).click();
  await expect(card.getByText('Nothing was saved.')).toBeVisible();
  await card.getByLabel('OpenAI-compatible API key').fill('sk-test-0123456789abcdef');
  await card.getByRole('button', { name: 'Test and use' }).click();
  await expect(page.getByText('small of OpenAI-compatible answers you')).toBeVisible();
  await expect(card.getByText('There are three projects.')).toBeVisible();
  await expect(card.getByText('The stored key ends in …cdef. Leave this empty to keep it.')).toBeVisible();
  await axe(page);
  expect(await page.content()).not.toContain('sk-test-0123456789abcdef');

  await open(page, `${freshServer.url}/chat`);
  await expect(page.locator('.chatpage__main').getByRole('button', { name: 'Model: small. Choose another' })).toBeVisible();
  await page.locator('.chatpage__main').getByLabel('Message the assistant').fill('which projects are there?');
  await page.locator('.chatpage__main').getByRole('button', { name: 'Send' }).click();
  await expect(page.locator('.chatpage__main .msg__by').getByText('small')).toBeVisible();

  const main = page.locator('.chatpage__main');
  await main.getByRole('button', { name: 'Model: small. Choose another' }).click();
  await main.getByRole('menuitemradio', { name: 'Built-in assistant' }).click();
  await expect(main.getByRole('button', { name: 'Model: Built-in assistant. Choose another' })).toBeVisible();
  await main.getByLabel('Message the assistant').fill('which projects are there?');
  await main.getByRole('button', { name: 'Send' }).click();
  await expect(main.locator('.msg__by').last().getByText('Built-in assistant')).toBeVisible();
  await main.getByRole('button', { name: 'Model: Built-in assistant. Choose another' }).click();
  await main.getByRole('menuitemradio', { name: 'As the workspace' }).click();
  await expect(main.getByRole('button', { name: 'Model: small. Choose another' })).toBeVisible();

  await open(page, `${freshServer.url}/settings/assistant`);
  await card.getByRole('button', { name: 'Remove the key' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove the key' }).click();
  await expect(page.getByText('What was chosen cannot answer')).toBeVisible();
  http.close();
});
