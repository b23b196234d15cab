import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const CONNECTIONS = 40;
const PER_SECOND = 200;

/**
 * Clients with persistent connections that send 200 requests a second in total, or as many as a slow machine answers.
 */
export class SteadyLoad {
  answered = 0;
  /** Connection errors and answers that are not a 200. */
  readonly failures: string[] = [];
  private isOver = false;
  private readonly clients: Promise<void>[];

  constructor(url: string, paths: readonly string[]) {
    this.clients = Array.from({ length: CONNECTIONS }, (_, number) => this.client(url, paths[number % paths.length]!));
  }

  async end(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.clients);
  }

  private async client(url: string, path: string): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const pause = (1000 * CONNECTIONS) / PER_SECOND;
    while (!this.isOver) {
      const next = sleep(pause * (0.5 + Math.random()));
      const failure = await ask(url + path, agent);
      if (failure === undefined) this.answered++;
      else this.failures.push(`${new Date().toISOString()} ${path}: ${failure}`);
      await next;
    }
    agent.destroy();
  }
}

/** Sends a request. Returns the reason if there was no valid answer. */
function ask(url: string, agent: Agent): Promise<string | undefined> {
  return new Promise((resolve) => {
    const asking = request(url, { agent }, (answer) => {
      let body = '';
      answer.on('data', (chunk: Buffer) => (body += chunk.toString()));
      answer.on('end', () => resolve(answer.statusCode === 200 ? undefined : `${answer.statusCode} ${body}`));
      answer.on('error', (error) => resolve(error.message));
    });
    asking.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    asking.end();
  });
}
