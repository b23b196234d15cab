import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { Probe } from '../replicas/probe.js';

// Finds out which database sessions hold the locks that others wait for.

/**
 * A session that holds a lock. Without the right to see it (pg_read_all_stats), only its process and name are known.
 */
export interface BlockingSession {
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

/** Returns the sessions that hold this advisory lock. */
export async function advisoryLockHolders(client: ClientBase, lock: number): Promise<BlockingSession[]> {
  const { rows } = await client.query<BlockingSession>(ADVISORY, [lock]);
  return rows;
}

/** Describes the sessions, for a message. */
export function describeSessions(sessions: readonly BlockingSession[]): string {
  if (sessions.length === 0) return 'a process that has since ended';
  return sessions.map(describe).join(', ');
}

function describe({ pid, application_name, state, query_start }: BlockingSession): string {
  const facts = [application_name || 'no application_name', state, query_start && `since ${query_start}`];
  return `process ${pid} (${facts.filter(Boolean).join(', ')})`;
}

const POLL_INTERVAL_MS = 250;
/** Longer waits are reported. */
const REPORT_AFTER_MS = 3000;
const QUERY_TIMEOUT_MS = 2000;

/**
 * Polls which sessions block the statements of an application, on a connection of its own: once such a statement has
 * timed out, PostgreSQL no longer knows what it waited for. Reports a long wait on standard error.
 */
export class BlockingSessionMonitor {
  /** The blocking sessions that were seen last. */
  latest: readonly BlockingSession[] = [];
  private readonly probe: Probe<BlockingSession>;
  private isStopped = false;
  /** When to report the current wait, as `performance.now()`; undefined while nothing waits. */
  private reportAt: number | undefined;

  constructor(
    connectionString: string,
    private readonly application: string,
  ) {
    this.probe = new Probe(connectionString, BLOCKING, { withinMs: QUERY_TIMEOUT_MS, name: 'aerie-lock-watch' });
    void this.poll();
  }

  stop(): void {
    this.isStopped = true;
    this.probe.end();
  }

  private async poll(): Promise<void> {
    for (;;) {
      await sleep(POLL_INTERVAL_MS, undefined, { ref: false });
      if (this.isStopped) return this.probe.end(); // a query may have connected since stop()
      await this.query().catch(() => {}); // the next one may succeed
    }
  }

  private async query(): Promise<void> {
    const sessions = await this.probe.query([this.application]);
    if (sessions.length > 0) this.update(sessions);
    else this.reportAt = undefined;
  }

  private update(sessions: readonly BlockingSession[]): void {
    this.latest = sessions;
    const now = performance.now();
    this.reportAt ??= now + REPORT_AFTER_MS;
    if (now < this.reportAt) return;
    this.reportAt = Infinity;
    process.stderr.write(`${this.application} is waiting for ${describeSessions(sessions)}\n`);
  }
}
