import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openClient } from './session-settings.js';

/** A session that others wait for. Without the right to see it (pg_read_all_stats), only its process and name are known. */
export interface Holder {
  readonly pid: number;
  readonly application_name: string;
  readonly state: string | null;
  readonly query_start: Date | null;
}

const COLUMNS = 'holder.pid, holder.application_name, holder.state, holder.query_start';

const BLOCKING = `
  select distinct ${COLUMNS} from pg_stat_activity waiter
    cross join unnest(pg_blocking_pids(waiter.pid)) as blocking (pid)
    join pg_stat_activity holder on holder.pid = blocking.pid
  where waiter.datname = current_database() and waiter.application_name = $1 order by holder.pid`;

const ADVISORY = `
  select ${COLUMNS} from pg_locks l join pg_stat_activity holder using (pid)
  where l.locktype = 'advisory' and l.granted and l.objsubid = 1
    and l.database = (select oid from pg_database where datname = current_database())
    and (l.classid::bigint << 32) | l.objid::bigint = $1`;

/** Who has this advisory lock. */
export async function advisoryHolders(client: pg.ClientBase, lock: number): Promise<Holder[]> {
  const { rows } = await client.query<Holder>(ADVISORY, [lock]);
  return rows;
}

/** Who they are, for a sentence. */
export function named(holders: readonly Holder[]): string {
  if (holders.length === 0) return 'a process that has ended meanwhile';
  return holders.map(nameOf).join(', ');
}

function nameOf({ pid, application_name, state, query_start }: Holder): string {
  const facts = [application_name || 'no application_name', state, query_start && `since ${query_start.toISOString()}`];
  return `process ${pid} (${facts.filter(Boolean).join(', ')})`;
}

const LOOK_EVERY_MS = 250;
/** Who waits longer than this says for whom. */
const SILENT_MS = 3000;
const ANSWER_WITHIN_MS = 2000;

/**
 * Looks who keeps an application's statements waiting, on a connection of its own, which it opens when that takes a while: once
 * such a statement has been given up, PostgreSQL does not know any more.
 */
export class LockWatch {
  /** Those that were seen last. */
  holders: readonly Holder[] = [];
  private client: pg.Client | undefined;
  private isOver = false;
  /** When it is to be told, by `performance.now()`; undefined while nothing waits. */
  private toTellAt: number | undefined;

  constructor(
    private readonly connectionString: string,
    private readonly application: string,
  ) {
    void this.watch();
  }

  end(): void {
    this.isOver = true;
    this.hangUp();
  }

  private hangUp(): void {
    this.client?.end().catch(() => {});
    this.client = undefined;
  }

  private async watch(): Promise<void> {
    for (;;) {
      await sleep(LOOK_EVERY_MS, undefined, { ref: false });
      if (this.isOver) return;
      await this.look().catch(() => this.hangUp()); // the next look may succeed
    }
  }

  private async look(): Promise<void> {
    this.client ??= await this.connect();
    const { rows } = await this.client.query<Holder>(BLOCKING, [this.application]);
    if (rows.length > 0) this.see(rows);
    else this.toTellAt = undefined;
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.connectionString,
      application_name: 'aerie-lock-watch',
      connectionTimeoutMillis: ANSWER_WITHIN_MS,
      query_timeout: ANSWER_WITHIN_MS,
    });
    await openClient(client);
    if (this.isOver) await client.end();
    return client;
  }

  private see(holders: readonly Holder[]): void {
    this.holders = holders;
    const now = performance.now();
    this.toTellAt ??= now + SILENT_MS;
    if (now < this.toTellAt) return;
    this.toTellAt = Infinity;
    process.stderr.write(`${this.application} waits for ${named(holders)}\n`);
  }
}
