import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { Probe } from './probe.js';

/** A session that others wait for. Without the right to see it (pg_read_all_stats), only its process and name are known. */
export interface Holder {
  readonly pid: number;
  readonly application_name: string;
  readonly state: string | null;
  /** In ISO 8601, UTC. */
  readonly query_start: string | null;
}

const COLUMNS = `holder.pid, holder.application_name, holder.state,
  to_char(holder.query_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as query_start`;

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
export async function advisoryHolders(client: ClientBase, lock: number): Promise<Holder[]> {
  const { rows } = await client.query<Holder>(ADVISORY, [lock]);
  return rows;
}

/** Who they are, for a sentence. */
export function named(holders: readonly Holder[]): string {
  if (holders.length === 0) return 'a process that has ended meanwhile';
  return holders.map(nameOf).join(', ');
}

function nameOf({ pid, application_name, state, query_start }: Holder): string {
  const facts = [application_name || 'no application_name', state, query_start && `since ${query_start}`];
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
  private readonly probe: Probe<Holder>;
  private isOver = false;
  /** When it is to be told, by `performance.now()`; undefined while nothing waits. */
  private toTellAt: number | undefined;

  constructor(
    connectionString: string,
    private readonly application: string,
  ) {
    this.probe = new Probe(connectionString, BLOCKING, { withinMs: ANSWER_WITHIN_MS, name: 'aerie-lock-watch' });
    void this.watch();
  }

  end(): void {
    this.isOver = true;
    this.probe.end();
  }

  private async watch(): Promise<void> {
    for (;;) {
      await sleep(LOOK_EVERY_MS, undefined, { ref: false });
      if (this.isOver) return this.probe.end(); // a look may have connected since end()
      await this.look().catch(() => {}); // the next look may succeed
    }
  }

  private async look(): Promise<void> {
    const holders = await this.probe.query([this.application]);
    if (holders.length > 0) this.see(holders);
    else this.toTellAt = undefined;
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
