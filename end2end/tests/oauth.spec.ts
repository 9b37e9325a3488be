import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { axe, expect, hydrated, open, signUp, test, useSample } from './fixtures.js';

test('a person lets a chat client in, it reads, and they take it back', async ({ page, server }) => {
  const client = createServer((_, response) => response.end('<!doctype html><title>Back</title><p>Back in the client</p>'));
  client.listen(0, '127.0.0.1');
  await once(client, 'listening');
  const back = `http://127.0.0.1:${(client.address() as AddressInfo).port}/callback`;

  const registered = await page.request.post(`${server.url}/oauth/register`, {
    data: { client_name: 'Desk chat', redirect_uris: [back] },
  });
  expect(registered.status()).toBe(201);
  const { client_id } = (await registered.json()) as { client_id: string };

  await signUp(page);
  await useSample(page);
  const verifier = randomBytes(32).toString('base64url');
  const asked = new URLSearchParams({
    response_type: 'code',
    client_id,
    redirect_uri: back,
    state: 'kept',
    resource: `${server.url}/mcp`,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  await page.goto(`${server.url}/oauth/authorize?${asked.toString()}`);
  await hydrated(page);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Desk chat');
  await axe(page);
  await page.getByRole('button', { name: /^Allow/ }).click();
  await page.waitForURL((url) => url.href.startsWith(back));
  const answer = new URL(page.url()).searchParams;
  expect([answer.get('state'), answer.get('iss')]).toEqual(['kept', server.url]);

  const exchange = (form: Record<string, string>) => page.request.post(`${server.url}/oauth/token`, { form: { client_id, ...form } });
  const code = { grant_type: 'authorization_code', code: `${answer.get('code')}`, redirect_uri: back, code_verifier: verifier };
  const given = await exchange(code);
  expect(given.status()).toBe(200);
  const tokens = (await given.json()) as { access_token: string };
  const call = () =>
    fetch(`${server.url}/mcp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${tokens.access_token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'list_projects', arguments: {} } }),
    });
  const told = await call();
  expect(told.status).toBe(200);
  expect(await told.text()).toContain('Website relaunch');

  await open(page, `${server.url}/settings/keys`);
  await page.getByRole('button', { name: /Disconnect.*Desk chat/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: /^Disconnect/ }).click();
  await expect(page.getByRole('button', { name: /Disconnect.*Desk chat/ })).toHaveCount(0);
  expect((await call()).status).toBe(401);
  client.close();
});
