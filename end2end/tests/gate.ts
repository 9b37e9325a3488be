import { once } from 'node:events';
import { createServer, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A service that flows call: it counts who calls what and answers a path only once the test lets it. */
export class Gate {
  private readonly calls = new Map<string, number>();
  private readonly open = new Set<string>();
  private readonly waiting = new Map<string, ServerResponse[]>();

  private constructor(private readonly http: HttpServer) {}

  static async start(): Promise<Gate> {
    const http = createServer();
    const gate = new Gate(http);
    http.on('request', (request, response) => gate.called(request.url ?? '', response));
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    return gate;
  }

  /** `127.0.0.1:1234`, as the list of allowed addresses has it. */
  get host(): string {
    return `127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  url(path: string): string {
    return `http://${this.host}${path}`;
  }

  /** How often `path` was asked for. */
  count(path: string): number {
    return this.calls.get(path) ?? 0;
  }

  /** Answers `path` from now on, and whoever waits for it. */
  release(path: string): void {
    this.open.add(path);
    for (const response of this.waiting.get(path) ?? []) {
      answer(path, response);
    }
    this.waiting.delete(path);
  }

  async stop(): Promise<void> {
    this.http.closeAllConnections();
    this.http.close();
    await once(this.http, 'close');
  }

  private called(path: string, response: ServerResponse): void {
    this.calls.set(path, this.count(path) + 1);
    if (this.open.has(path)) {
      answer(path, response);
    } else {
      this.waiting.set(path, [...(this.waiting.get(path) ?? []), response]);
    }
  }
}

function answer(path: string, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ answered: path }));
}
