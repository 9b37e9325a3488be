import type { APIRequestContext } from '@playwright/test';
import { expect } from './fixtures.js';

type Json = Record<string, unknown>;

/** A step of a piece, as every engine takes it; `at` numbers it. */
export interface Step {
  title: string;
  piece: string;
  action: string;
  input: Json;
}

/** Asks for `url`. */
export function call(title: string, url: string): Step {
  const input = { method: 'GET', url, headers: {}, queryParams: {}, authType: 'NONE' };
  return { title, piece: 'http', action: 'send_request', input };
}

/** Waits that many seconds. */
export function wait(title: string, seconds: number): Step {
  return { title, piece: 'delay', action: 'delayFor', input: { unit: 'seconds', delayFor: seconds } };
}

/** Builds the field `name` from the request. */
export function setName(title: string): Step {
  const input = { mapping: { name: "{{trigger['body']['name']}}" } };
  return { title, piece: 'data-mapper', action: 'advanced_mapping', input };
}

/** A published flow. */
export interface Published {
  id: string;
  /** The address that starts it. */
  address: string;
}

/** Calls a tool of the product as the person who is signed in; `origin` is empty for the shared server. */
export async function tool(request: APIRequestContext, name: string, given: Json, origin = ''): Promise<Json> {
  const answer = await request.post(`${origin}/api/mcp-call`, { data: { name, arguments: given } });
  const body = (await answer.json()) as { ok: boolean; result: Json };
  expect(body.ok, JSON.stringify(body)).toBe(true);
  return body.result;
}

/** Makes a flow that a webhook starts, not published yet; gives its id. */
export async function draft(request: APIRequestContext, name: string, steps: Step[], origin = ''): Promise<string> {
  const made = await tool(request, 'flow_create', { name, trigger: trigger(steps) }, origin);
  return (made['flow'] as { id: string }).id;
}

/** Makes and publishes a flow that a webhook starts. */
export async function publish(
  request: APIRequestContext,
  name: string,
  steps: Step[],
  origin = '',
): Promise<Published> {
  const id = await draft(request, name, steps, origin);
  await tool(request, 'flow_publish', { flow_id: id }, origin);
  const read = await tool(request, 'flow_get', { flow_id: id }, origin);
  const secret = String(read['webhookUrl']).split('/').pop();
  return { id, address: `${origin}/api/v1/webhooks/${secret}` };
}

/** Starts the flow at `address`; gives the id of the run. */
export async function send(request: APIRequestContext, address: string, body: Json): Promise<string> {
  const answer = await request.post(address, { data: body });
  expect(answer.status()).toBe(200);
  return ((await answer.json()) as { runId: string }).runId;
}

/** Lets flows of `origin` reach `host`, which is on this machine. Only its super admin may. */
export async function allow(request: APIRequestContext, host: string, origin: string): Promise<void> {
  const answer = await request.put(`${origin}/api/pmos/platform/settings`, { data: { outgoingAllowList: [host] } });
  expect(answer.ok()).toBe(true);
}

function trigger(steps: Step[]): Json {
  const settings = {
    pieceName: '@activepieces/piece-webhook',
    pieceVersion: '~0.1.0',
    triggerName: 'catch_webhook',
    input: { authType: 'none' },
    propertySettings: {},
  };
  const kind = { name: 'trigger', displayName: 'Catch webhook', type: 'PIECE_TRIGGER', valid: true, settings };
  return { ...kind, nextAction: chain(steps, 1) };
}

function chain(steps: Step[], at: number): Json | undefined {
  const [first, ...rest] = steps;
  if (!first) {
    return undefined;
  }
  const settings = {
    pieceName: `@activepieces/piece-${first.piece}`,
    pieceVersion: '~0.1.0',
    actionName: first.action,
    input: first.input,
    propertySettings: {},
  };
  const kind = { name: `step_${at}`, displayName: first.title, type: 'PIECE', valid: true, skip: false, settings };
  return { ...kind, nextAction: chain(rest, at + 1) };
}
