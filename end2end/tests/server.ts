import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const ROOT = resolve(import.meta.dirname, '../..');
const BINARY = process.env.PMOS_BIN ?? join(ROOT, 'target/debug/pmos');
const START_LIMIT_MS = 60_000;

/** The built product on a port and a data folder of its own. */
export class Server {
  private process: ChildProcess | undefined;
  private log = '';

  private constructor(
    private readonly port: number,
    /** Where it keeps its data; empty at first. */
    readonly data: string,
    private readonly settings: Record<string, string>,
  ) {}

  /** A new server that answers already. `settings` are environment variables. */
  static async start(settings: Record<string, string> = {}): Promise<Server> {
    const data = await mkdtemp(join(tmpdir(), 'pmos-end2end-'));
    const server = new Server(await freePort(), data, settings);
    await server.resume();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts again on the same port and data, after `kill` or `stop`. */
  async resume(): Promise<void> {
    const environment = { ...process.env, ...this.settings, PORT: String(this.port), PMOS_DATA: this.data };
    const child = spawn(BINARY, { cwd: ROOT, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (chunk: Buffer): void => {
      this.log += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.process = child;
    const deadline = Date.now() + START_LIMIT_MS;
    while (!(await this.answers())) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
        throw new Error(`${BINARY} did not start:\n${this.log}`);
      }
      await pause(20);
    }
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Ends it politely and removes its data. */
  async remove(): Promise<void> {
    await this.end('SIGTERM');
    await rm(this.data, { recursive: true, force: true });
  }

  /** Everything it has printed. */
  get output(): string {
    return this.log;
  }

  private async answers(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/health`)).ok;
    } catch {
      return false;
    }
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) {
      return;
    }
    const ended = once(child, 'exit');
    child.kill(signal);
    // Open event streams must not hold a polite stop for ever.
    const impatience = new AbortController();
    void pause(10_000, undefined, { signal: impatience.signal }).then(
      () => child.kill('SIGKILL'),
      () => undefined,
    );
    await ended;
    impatience.abort();
  }
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}
