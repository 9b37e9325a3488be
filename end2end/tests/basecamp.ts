import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect, type Server as Listener, type Socket } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './server.js';

const ROOT = resolve(import.meta.dirname, '../..');
const BINARY = join(dirname(process.env.PMOS_BIN ?? join(ROOT, 'target/debug/pmos')), 'sandbox');
const START_LIMIT_MS = 60_000;

/** A Basecamp of its own with its sign-in, behind a door that can be shut and opened again. */
export class Basecamp {
  /** The app it knows. */
  readonly app = { id: 'pmos', secret: 'a secret of the stories' };
  private door: Listener | undefined;
  private readonly callers = new Set<Socket>();

  private constructor(
    private readonly process: ChildProcess,
    private readonly port: number,
    private readonly inside: number,
  ) {}

  static async start(): Promise<Basecamp> {
    const [port, inside] = [await freePort(), await freePort()];
    const app = 'app=pmos:a secret of the stories';
    const child = spawn(BINARY, [`127.0.0.1:${inside}`, `at=127.0.0.1:${port}`, app], { stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
    const deadline = Date.now() + START_LIMIT_MS;
    while (!printed.includes('control ')) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`${BINARY} did not start:\n${printed}`);
      }
      await pause(20);
    }
    const basecamp = new Basecamp(child, port, inside);
    await basecamp.open();
    return basecamp;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What a server needs to find it. */
  get settings(): Record<string, string> {
    return { BASECAMP_BASE_URL: this.url, BASECAMP_LAUNCHPAD_URL: this.url };
  }

  /** Lets callers in. */
  async open(): Promise<void> {
    const door = createServer((caller) => this.lead(caller));
    door.listen(this.port, '127.0.0.1');
    await once(door, 'listening');
    this.door = door;
  }

  /** Lets nobody in any more, and ends every call under way: as if the machine were gone. */
  async shut(): Promise<void> {
    const door = this.door;
    this.door = undefined;
    if (!door) {
      return;
    }
    const closed = once(door, 'close');
    door.close();
    this.callers.forEach((it) => it.destroy());
    await closed;
  }

  async remove(): Promise<void> {
    await this.shut();
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
  }

  private lead(caller: Socket): void {
    const inside = connect(this.inside, '127.0.0.1');
    for (const [one, other] of [
      [caller, inside],
      [inside, caller],
    ] as const) {
      this.callers.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.callers.delete(one);
        other.destroy();
      });
    }
  }
}
