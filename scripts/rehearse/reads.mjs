// Counts the rows that PostgreSQL reads with sequential scans to answer requests. This detects a missing index at any
// table size.
import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from './client.mjs';

/**
 * Ends the idle connections of the application, because a connection reports its reads when it ends. The pool opens new
 * ones.
 */
const IDLE = `select pg_terminate_backend(pid), pid from pg_stat_activity
  where application_name = 'aerie' and state = 'idle' and datname = current_database()`;
const READ = `select relname as table, seq_tup_read::float8 as read
  from pg_stat_user_tables where schemaname = 'public'`;

/** Runs `work`. Returns its result as `answer`, and the rows read with sequential scans as `reads`, by table. */
export async function sequentialReads(url, work) {
  return withClient(url, async (client) => {
    const before = await readSoFar(client);
    const answer = await work();
    const after = await readSoFar(client);
    const reads = new Map([...after].map(([table, read]) => [table, read - (before.get(table) ?? 0)]));
    return { answer, reads };
  });
}

async function readSoFar(client) {
  const ended = (await client.query(IDLE)).rows.map(({ pid }) => pid);
  const isThere = 'select from pg_stat_activity where pid = any ($1)';
  while ((await client.query(isThere, [ended])).rows.length > 0) await sleep(10);
  const { rows } = await client.query(READ);
  return new Map(rows.map(({ table, read }) => [table, read]));
}

/**
 * Returns sentences about tables that have more sequential scans than before. `sizes` has the number of rows of each
 * table. One scan more is allowed, because the planner may choose another plan after many changes.
 */
export function moreReads(before, now, sizes) {
  const tables = [...now.keys()].filter((table) => sizes.has(table));
  return tables.flatMap((table) => {
    const was = Math.max(...before.map((reads) => reads.get(table) ?? 0));
    const [read, size] = [now.get(table), Math.max(1000, sizes.get(table).count ?? 0)];
    if (read - was <= 1.5 * size) return [];
    const what = `read ${read} rows of ${table} with sequential scans, before ${was}`;
    return [{ table, sentence: `the old build's requests ${what}: an index is missing` }];
  });
}
