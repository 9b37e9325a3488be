import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema, type CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { expect, test } from '@playwright/test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Server } from './server.js';

const ROOT = resolve(import.meta.dirname, '../..');
const PYTHON = process.env.PMOS_PYTHON ?? join(ROOT, 'target/chat-client/bin/python');

/** Somebody who has signed up, without a browser. */
class Person {
  private constructor(
    private readonly url: string,
    private readonly cookie: string,
  ) {}

  static async signsUp(url: string): Promise<Person> {
    const account = { name: 'Amara Osei', email: 'amara@fernhill.example', password: 'a short sentence works well' };
    const answer = await posted(`${url}/api/pmos/auth/signup`, account);
    return new Person(url, answer.headers.getSetCookie().map((it) => it.split(';')[0]).join('; '));
  }

  async post(path: string, body: object): Promise<Record<string, unknown>> {
    const answer = await posted(`${this.url}${path}`, body, { cookie: this.cookie });
    return (await answer.json()) as Record<string, unknown>;
  }

  /** A new key whose destructive calls wait for a person. */
  async key(): Promise<string> {
    const made = await this.post('/api/pmos/keys', { label: 'Chat client', askFirst: true });
    return String(made.key);
  }
}

async function posted(url: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  expect(answer.ok, `${url} answered ${answer.status}`).toBe(true);
  return answer;
}

/** The official client in a session of its own. One that can ask its person answers as `decide` says. */
async function connected(url: string, key: string, decide?: (question: string) => boolean): Promise<Client> {
  const client = new Client({ name: 'tests', version: '1.0.0' }, { capabilities: decide ? { elicitation: {} } : {} });
  if (decide) {
    client.setRequestHandler(ElicitRequestSchema, async (request) => ({
      action: 'accept',
      content: { approve: decide(request.params.message) },
    }));
  }
  const headers = { authorization: `Bearer ${key}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }));
  return client;
}

async function call(client: Client, name: string, args: Record<string, unknown> = {}): Promise<CallToolResult> {
  return (await client.callTool({ name, arguments: args })) as CallToolResult;
}

/** A new flow, as the client sees it. */
async function flowOf(client: Client): Promise<string> {
  const made = await call(client, 'flow_create', { name: 'Greet' });
  expect(made.isError, JSON.stringify(made.content)).toBe(false);
  return (made.structuredContent as { flow: { id: string } }).flow.id;
}

let server: Server;

test.beforeEach(async () => {
  server = await Server.start();
});

test.afterEach(async () => {
  await server.remove();
});

test.describe('the official TypeScript client', () => {
  test('lists, calls, lets its person decide, and goes on after a restart', async () => {
    const person = await Person.signsUp(server.url);
    const questions: string[] = [];
    let answer = false;
    const client = await connected(server.url, await person.key(), (question) => {
      questions.push(question);
      return answer;
    });

    const { tools } = await client.listTools();
    const names = tools.map((tool) => tool.name);
    expect(names).toContain('flow_create');
    expect(names).toContain('tools_describe');
    expect(tools.every((tool) => tool.annotations?.readOnlyHint !== undefined)).toBe(true);
    const status = await call(client, 'pmos_status');
    expect(status.structuredContent).toMatchObject({ status: 'operational' });

    // A person who says no keeps what they have; who says yes loses it, once.
    const flow = await flowOf(client);
    expect((await call(client, 'flow_delete', { flow_id: flow })).isError).toBe(true);
    expect((await call(client, 'flow_get', { flow_id: flow })).isError).toBe(false);
    answer = true;
    expect((await call(client, 'flow_delete', { flow_id: flow })).isError).toBe(false);
    expect((await call(client, 'flow_get', { flow_id: flow })).isError).toBe(true);
    expect(questions.length).toBe(2);
    expect(questions[0]).toContain('Greet');

    const kept = await flowOf(client);
    await server.kill();
    await server.resume();
    const found = await call(client, 'flow_get', { flow_id: kept });
    expect(found.isError, 'the session is the same as before').toBe(false);
    await client.close();
  });

  test('that cannot ask gets a link, and what was allowed there happens after a restart', async () => {
    const person = await Person.signsUp(server.url);
    const client = await connected(server.url, await person.key());
    const flow = await flowOf(client);
    const asked = await call(client, 'flow_delete', { flow_id: flow });
    const waiting = asked.structuredContent as { code: string; approval_id: string; approve_url: string };
    expect(waiting.code).toBe('CONFIRM_REQUIRED');
    expect(waiting.approve_url).toContain(`/approvals/${waiting.approval_id}`);
    await person.post(`/api/approvals/${waiting.approval_id}/approve`, {});

    await server.kill();
    await server.resume();
    const named = { flow_id: flow, approval_id: waiting.approval_id };
    const done = await call(client, 'flow_delete', named);
    expect(done.isError, JSON.stringify(done.content)).toBe(false);
    expect((await call(client, 'flow_delete', named)).structuredContent).toEqual(done.structuredContent);
    expect((await call(client, 'flow_get', { flow_id: flow })).isError).toBe(true);
    await client.close();
  });
});

test('the official Python client does the same', async () => {
  const person = await Person.signsUp(server.url);
  const script = join(ROOT, 'end2end/clients/chat_client.py');
  const client = spawn(PYTHON, [script, `${server.url}/mcp`, await person.key()]);
  const ended = once(client, 'close');
  let output = '';
  client.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  for await (const line of createInterface(client.stdout)) {
    output += `${line}\n`;
    if (line === 'restart') {
      await server.kill();
      await server.resume();
      client.stdin.write('go on\n');
    }
  }
  const [code] = (await ended) as [number | null];
  expect(code, output).toBe(0);
  expect(output).toContain('done');
});
