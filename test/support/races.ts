import pg from 'pg';
import { query } from './database.js';
import { eventually } from './factories.js';

/** Selects one row per connection to the current database that waits for a lock. */
export const WAITING = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;

/**
 * Selects one row per advisory lock in the current database. Other tests have locks in other databases of the server.
 */
export const ADVISORY_LOCKS = `select pid from pg_locks
  where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`;

/**
 * Sends a request during an open transaction with the change. Commits the change as soon as the request waits for it.
 */
export async function amid<T>(change: string, values: unknown[], send: () => Promise<T>): Promise<T> {
  const changer = new pg.Client({ connectionString: databaseUrl });
  await changer.connect();
  try {
    await changer.query('begin');
    await changer.query(change, values);
    const answer = send();
    await eventually(async () => ((await query(WAITING)).length > 0 ? true : undefined));
    await changer.query('commit');
    return await answer;
  } finally {
    await changer.end();
  }
}

/**
 * Runs the work while another connection holds a lock. `begin` sends requests before it, which are answered after it.
 */
export async function whileLocked<T, A>(lock: string, begin: () => Promise<A>[], work: () => Promise<T>) {
  const holder = new pg.Client({ connectionString: databaseUrl });
  await holder.connect();
  try {
    await holder.query(`begin; ${lock}`);
    const begun = begin();
    await eventually(async () => (await query(WAITING)).length === begun.length || undefined);
    const result = await work();
    await holder.query('commit');
    return { result, answers: await Promise.all(begun) };
  } finally {
    await holder.end();
  }
}

/** Returns the statuses of concurrent requests, sorted, because it does not matter which of them succeeded. */
export const statusesOf = (answers: readonly { status: number }[]): number[] =>
  answers.map(({ status }) => status).toSorted((a, b) => a - b);
