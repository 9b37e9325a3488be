import { AxeBuilder } from '@axe-core/playwright';
import { test as base, expect, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { Server } from './server.js';

export { expect };

/** Somebody who has signed up. */
export interface Person {
  name: string;
  email: string;
  password: string;
}

/** Collects what the browser's console calls an error, in every page of a context. */
export class ConsoleGuard {
  private readonly errors: string[] = [];
  private readonly expected: RegExp[] = [];
  private over = false;

  watch(context: BrowserContext): void {
    context.on('console', (message) => {
      if (message.type() === 'error') {
        this.note(`${message.text()} (${message.location().url})`);
      }
    });
    context.on('weberror', (error) => this.note(String(error.error())));
  }

  /** Ends the watch, before the server goes away under pages that are still open. */
  end(): void {
    this.over = true;
  }

  /** Says that errors like this one belong to the story, such as a refused request. */
  expect(pattern: RegExp): void {
    this.expected.push(pattern);
  }

  unexpected(): string[] {
    return this.errors.filter((text) => !this.expected.some((pattern) => pattern.test(text)));
  }

  private note(text: string): void {
    if (!this.over) {
      this.errors.push(text);
    }
  }
}

interface TestFixtures {
  /** Every test fails on a console error, unless it expects it. */
  consoleGuard: ConsoleGuard;
  /** Starts a server with settings of its own, which is removed when the story has ended. */
  startServer: (settings: Record<string, string>) => Promise<Server>;
  /** A server that nobody has used, for stories about the first account or about a restart. */
  freshServer: Server;
  /** Another browser, with cookies of its own, on the shared server. */
  otherPage: Page;
}

interface WorkerFixtures {
  /** The server that the tests share; each signs up people of its own. */
  server: Server;
}

/** Each story signs up people, and more than sixty an hour from one address are refused: the first account allows them. */
async function manySignUps(server: Server): Promise<void> {
  const send = async (method: string, path: string, data: unknown, cookie = ''): Promise<Response> => {
    const headers = { 'content-type': 'application/json', origin: server.url, cookie };
    const answer = await fetch(`${server.url}${path}`, { method, headers, body: JSON.stringify(data) });
    expect(answer.ok, await answer.clone().text()).toBe(true);
    return answer;
  };
  const owner = { name: 'Amara Osei', email: 'owner@fernhill.example', password: 'a short sentence works well' };
  const signedUp = await send('POST', '/api/pmos/auth/signup', owner);
  const cookie = signedUp.headers.getSetCookie().map((it) => it.split(';')[0]).join('; ');
  await send('PUT', '/api/pmos/platform/settings', { limits: { signUpsPerHour: 1000 } }, cookie);
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  server: [
    async ({}, use) => {
      const server = await Server.start();
      await manySignUps(server);
      await use(server);
      await server.remove();
    },
    { scope: 'worker' },
  ],

  baseURL: async ({ server }, use) => {
    await use(server.url);
  },

  consoleGuard: [
    async ({ context }, use) => {
      const guard = new ConsoleGuard();
      guard.watch(context);
      await use(guard);
      expect(guard.unexpected(), 'errors in the console').toEqual([]);
    },
    { auto: true },
  ],

  startServer: async ({ consoleGuard }, use) => {
    const started: Server[] = [];
    await use(async (settings) => {
      const server = await Server.start(settings);
      started.push(server);
      return server;
    });
    // Pages outlive this, and what they still ask for is refused now.
    consoleGuard.end();
    await Promise.all(started.map((server) => server.remove()));
  },

  freshServer: async ({ startServer }, use) => {
    await use(await startServer({}));
  },

  otherPage: async ({ browser, baseURL, consoleGuard }, use) => {
    const context = await newContext(browser, baseURL);
    consoleGuard.watch(context);
    await use(await context.newPage());
    await context.close();
  },
});

/** Waits until the page answers to clicks: before that they are lost. */
export async function hydrated(page: Page): Promise<void> {
  await page.waitForSelector('body[data-hydrated="true"]');
}

/** Opens an address and waits until the page answers to clicks. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await hydrated(page);
}

/** Makes a new account and ends on its first page. `origin` is empty for the shared server. */
export async function signUp(page: Page, given: Partial<Person> = {}, origin = ''): Promise<Person> {
  const person = {
    name: 'Amara Osei',
    email: `amara.${crypto.randomUUID().slice(0, 8)}@fernhill.example`,
    password: 'a short sentence works well',
    ...given,
  };
  await open(page, `${origin}/sign-up`);
  await page.getByLabel('Your name').fill(person.name);
  await page.getByLabel('Work email').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: /create account/i }).click();
  await page.waitForURL((url) => url.pathname !== '/sign-up');
  await hydrated(page);
  return person;
}

/** Signs in somebody who has an account, and ends on the first page. */
export async function signIn(page: Page, person: Person): Promise<void> {
  await open(page, '/sign-in');
  await page.getByLabel('Work email').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: /sign in/i }).click();
  await page.waitForURL((url) => url.pathname !== '/sign-in');
  await hydrated(page);
}

/** Invites somebody into the workspace of `page`; what comes back is the path of the invitation. */
export async function invite(page: Page, role: string): Promise<string> {
  const email = `mika.${crypto.randomUUID().slice(0, 8)}@fernhill.example`;
  const invited = await page.request.post('/api/pmos/invitations', { data: { email, role } });
  expect(invited.status()).toBe(201);
  const { link } = (await invited.json()) as { link: string };
  return new URL(link).pathname;
}

/** Takes up the invitation that is open in `page`, with a new account. */
export async function join(page: Page): Promise<void> {
  await page.getByLabel('Your name').fill('Mika Holm');
  await page.getByLabel('Password', { exact: true }).fill('a short sentence works well');
  await page.getByRole('button', { name: /join|accept|create/i }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/invite'));
  await hydrated(page);
}

/** Fills the workspace with the sample Basecamp. */
export async function useSample(page: Page, origin = ''): Promise<void> {
  await open(page, `${origin}/setup/basecamp`);
  await page.getByRole('button', { name: /sample basecamp/i }).first().click();
  await expect(page.getByText(/sample Basecamp is connected|Basecamp is connected/i).first()).toBeVisible();
}

/** Says something to the assistant on its own page. */
export async function say(page: Page, words: string): Promise<void> {
  await page.getByLabel('Message the assistant').fill(words);
  await page.getByRole('button', { name: 'Send' }).click();
}

/** Fails on anything that keeps people with assistive technology out. */
export async function axe(page: Page): Promise<void> {
  const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze();
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((it) => it.html).join('\n  ')}`);
  expect(told, 'accessibility').toEqual([]);
}

async function newContext(browser: Browser, baseURL: string | undefined): Promise<BrowserContext> {
  return browser.newContext(baseURL === undefined ? {} : { baseURL });
}
