import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

const PROGRAM = join(process.cwd(), 'test/support/embedded-holder.mjs');
const LEASE = join(process.cwd(), 'dist/src/embedded-postgres/lease.js');

interface Message {
  event: 'leased' | 'failed' | 'renewed' | 'lost' | 'released';
  url?: string;
  message?: string;
}

/** A separate process with a lease on the embedded server of a folder. */
export class Holder {
  readonly messages: Message[] = [];
  private readonly child: ChildProcess;

  constructor(dataDir: string) {
    this.child = spawn(process.execPath, [PROGRAM, LEASE, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] });
    if (this.child.stdout)
      createInterface(this.child.stdout).on('line', (line) => this.messages.push(JSON.parse(line) as Message));
  }

  /** Waits for an event and returns its message. Throws if the process fails first, or after the timeout. */
  hears(event: Message['event']): Promise<Message> {
    return until(event, () => {
      const failure = this.messages.find((message) => message.event === 'failed');
      if (failure && event !== 'failed') throw new Error(failure.message);
      return this.messages.find((message) => message.event === event);
    });
  }

  async url(): Promise<string> {
    return (await this.hears('leased')).url ?? '';
  }

  async release(): Promise<void> {
    this.child.stdin?.end();
    await this.hears('released');
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}

/**
 * Calls `look` until it returns a value other than null, undefined or false, and returns that. Throws after the
 * timeout.
 */
export async function until<T>(what: string, look: () => T | Promise<T>, timeoutMs = 300_000): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`Timeout after ${timeoutMs} ms: ${what}`);
    await sleep(20);
  }
}

/** Runs one query on its own connection. */
export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client(url);
  client.on('error', () => {}); // the server may be killed at any time
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Repeats a query until a server answers it. */
export function queryUntilAnswered(url: string, sql: string): Promise<Record<string, unknown>[]> {
  return until(sql, () => query(url, sql).catch(() => undefined));
}

/** Returns the process id of the folder's server, or undefined while one server replaces another. */
export function postmasterOf(dataDir: string): number | undefined {
  const file = join(dataDir, 'postgres/data/postmaster.pid');
  return Number(contentsOf(file).split('\n')[0]) || undefined;
}

/** Returns the ids of all processes that supervised the folder's server, the current one last. */
export function supervisorsOf(dataDir: string): number[] {
  const log = contentsOf(join(dataDir, 'postgres/postgres.log'));
  return [...log.matchAll(/\[(\d+)\] SUPERVISOR: (?:started|took over)/g)].map(([, pid]) => Number(pid));
}

function contentsOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
