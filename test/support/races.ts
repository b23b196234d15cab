import pg from 'pg';
import { query } from './database.js';
import { eventually } from './factories.js';

/** A row for each connection of the asked database that waits for a lock. */
export const WAITING = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;

/** Sends a request while a change is under way, which is committed as soon as the request waits for it. */
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

/** Works while somebody else has locked something; `begin` is sent before, and its answers come after. */
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

/** What requests that raced were answered, in the order of the statuses: which of them won is not the point. */
export const statusesOf = (answers: readonly { status: number }[]): number[] =>
  answers.map(({ status }) => status).toSorted((a, b) => a - b);
