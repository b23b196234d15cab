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

/** Another process that leases the server of a folder. */
export class Holder {
  readonly messages: Message[] = [];
  private readonly child: ChildProcess;

  constructor(dataDir: string) {
    this.child = spawn(process.execPath, [PROGRAM, LEASE, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] });
    if (this.child.stdout)
      createInterface(this.child.stdout).on('line', (line) => this.messages.push(JSON.parse(line) as Message));
  }

  /** Waits until it says so. */
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

/** Waits for something to be true, and gives it. */
export async function until<T>(what: string, look: () => T | Promise<T>, timeoutMs = 20_000): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`Still not after ${timeoutMs} ms: ${what}`);
    await sleep(20);
  }
}

/** One query on a connection of its own. */
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

/** Repeats a query until there is a server to answer it. */
export function queryUntilAnswered(url: string, sql: string): Promise<Record<string, unknown>[]> {
  return until(sql, () => query(url, sql).catch(() => undefined));
}

/** The server of this folder; undefined for the moment in which one takes another's place. */
export function postmasterOf(dataDir: string): number | undefined {
  const file = join(dataDir, 'postgres/data/postmaster.pid');
  return Number(contentsOf(file).split('\n')[0]) || undefined;
}

/** The processes that supervised the server of this folder, the present one last. */
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
