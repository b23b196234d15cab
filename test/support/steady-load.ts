import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const CONNECTIONS = 40;
const PER_SECOND = 200;
/** The server promises to keep an idle connection open for this time, also while it is replaced. */
const KEPT_OPEN_MS = 10_000;

/**
 * Clients with persistent connections that send 200 requests a second in total, or as many as a slow machine answers.
 */
export class SteadyLoad {
  answered = 0;
  /** Connection errors and answers that are not a 200. */
  readonly failures: string[] = [];
  /** Requests on connections that were idle for longer than promised, since this process was slow. They were reset. */
  late = 0;
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
    let sentAt = performance.now();
    while (!this.isOver) {
      const next = sleep(pause * (0.5 + Math.random()));
      const idleMs = performance.now() - sentAt; // at most: the server has answered after it was sent
      sentAt = performance.now();
      const { failure, wasReset } = await ask(url + path, agent);
      if (failure === undefined) this.answered++;
      else if (wasReset && idleMs >= KEPT_OPEN_MS) this.late++;
      else this.failures.push(`${new Date().toISOString()} ${path}: ${failure} (idle for ${Math.round(idleMs)} ms)`);
      await next;
    }
    agent.destroy();
  }
}

interface Outcome {
  /** The reason if there was no valid answer. */
  readonly failure?: string | undefined;
  /** Whether a connection that had been used before was closed before an answer began. */
  readonly wasReset?: boolean;
}

function ask(url: string, agent: Agent): Promise<Outcome> {
  return new Promise((resolve) => {
    const asking = request(url, { agent }, (answer) => {
      let body = '';
      answer.on('data', (chunk: Buffer) => (body += chunk.toString()));
      answer.on('end', () => resolve(answer.statusCode === 200 ? {} : { failure: `${answer.statusCode} ${body}` }));
      answer.on('error', ({ message }) => resolve({ failure: message }));
    });
    asking.on('error', ({ code, message }: NodeJS.ErrnoException) =>
      resolve({ failure: code ?? message, wasReset: asking.reusedSocket }),
    );
    asking.end();
  });
}
