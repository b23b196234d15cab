// Tries the statements of a build and rolls them back. A statement that succeeded before a migration must succeed after
// it, with the same effects. A statement that was refused must still be refused.
import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from './client.mjs';
import { MANY } from './sizes.mjs';

/** How much slower the fastest of several tries may be afterwards: 5 times and 50 ms more. */
const SLOWER = { times: 5, ms: 50 };
const MOST_TRIES = 5;

/**
 * Refusals: SQLSTATE class 23 (violations of unique, check, foreign key, not null and exclusion constraints), errors that
 * triggers raise, and missing privileges.
 */
const REFUSAL = /^(?:23|P0001|42501)/;
const FORBIDDEN = '42501';
/** Why a row must stay as it is: others refer to it, or a trigger or a missing privilege protects it. */
const PROTECTED = new Set(['23503', '23001', 'P0001', FORBIDDEN]);

/**
 * `reads` are the rows that were read from a table, and the entries that were read from its indexes. Those of a
 * partitioned table are the sums of its partitions.
 */
const COUNTS = `select c.oid::int8 as id, c.relname as name, sum(n_tup_ins)::float8 as inserts, sum(n_tup_upd)::float8 as updates,
    sum(n_tup_del)::float8 as deletes, sum(seq_tup_read + coalesce((select sum(pg_stat_get_xact_tuples_returned(indexrelid))
      from pg_index where indrelid = relid), 0))::float8 as reads
  from pg_stat_xact_user_tables s join pg_class c on c.oid = coalesce(pg_partition_root(s.relid), s.relid)
  where s.schemaname = 'public' group by c.oid, c.relname`;
const NAMES = `select oid::int8 as id, relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`;

/**
 * Runs a statement with its deferred constraints and rolls it back. Returns the error, or the milliseconds. If the
 * statement `isWatched`, also returns the stored row, and in which tables it inserted, updated and deleted rows, by the
 * former `names` of the tables, because a table may have been renamed behind a view.
 */
async function attempt(client, { text, values, isWatched, grant, stored }, names) {
  try {
    await client.query('begin');
    if (grant) await client.query(grant);
    const isCompared = isWatched && names !== undefined;
    const before = isCompared ? await countsOf(client) : undefined;
    const began = performance.now();
    const { rows } = await client.query(isCompared && stored?.length ? returning(text, stored) : text, values);
    await client.query('set constraints all immediate');
    const ms = performance.now() - began;
    const row = stored && rows[0];
    return before === undefined ? { ms, row } : { ms, row, ...effectsOf(before, await countsOf(client), names) };
  } catch (error) {
    return { error };
  } finally {
    await client.query('rollback').catch(() => {});
  }
}

const returning = (text, columns) => `${text} returning ${columns.map((one) => `"${one}"::text`).join(', ')}`;

/**
 * Returns the statements that fail or have become slow: `{ table, action, text, why }`. Without `before`, those that
 * fail.
 */
export async function compare(url, statements, before) {
  return withClient(url, async (client) => {
    const now = await attemptAll(client, statements, before?.names);
    const tables = new Set(statements.map(({ table }) => table));
    const broken = [];
    for (const [at, statement] of statements.entries()) {
      const why = changeOf(statement, before?.results[at], now.results[at], { tables, fewer: before?.fewer });
      if (why !== undefined) broken.push({ ...statement, why });
    }
    for (const [name, was] of before?.fastest ?? []) {
      const ms = await stillSlow(client, statements, name, was, now.fastest.get(name));
      if (ms === undefined) continue;
      const [table, action] = name.split(' ');
      broken.push({ table, action, text: '', why: `it takes ${Math.round(ms)} ms, before ${Math.round(was)} ms` });
    }
    return [...new Map(broken.map((one) => [`${one.table} ${one.action} ${one.why}`, one])).values()];
  });
}

/** Returns what has changed, in words, or undefined. `was` is undefined if there is no earlier result. */
function changeOf({ action, isWatched }, was, now, effects) {
  if (was === undefined) return isExpected(action, now.error) ? undefined : now.error?.message;
  if (!was.error && now.error) return now.error.message;
  if (isWatched && was.error?.code === FORBIDDEN && now.error?.code !== FORBIDDEN)
    return `it is no longer forbidden: ${was.error.message}`;
  if (!isWatched || now.error) return undefined;
  if (was.error)
    return REFUSAL.test(was.error.code) ? `it succeeds, and was refused before: ${was.error.message}` : undefined;
  return changedColumn(was.row, now.row) ?? differenceOf(was.effects, now.effects, effects) ?? readsMore(was, now);
}

/** A statement about one row that reads a whole table becomes slow as the table grows. */
function readsMore(was, now) {
  return now.reads - was.reads > MANY ? `it reads ${now.reads} rows, before ${was.reads}` : undefined;
}

/**
 * Returns whether an error does not mean that the build fails. The unique columns behind a view are not known, so it may
 * be a duplicate. Rows of a new table may be protected on purpose.
 */
function isExpected(action, error) {
  if (action === 'repeats' || error?.code === '23505') return true;
  return ['changes', 'deletes'].includes(action) && PROTECTED.has(error?.code);
}

function changedColumn(was = {}, now = {}) {
  const name = Object.keys(was).find((column) => column in now && was[column] !== now[column]);
  return (
    name && `it stores another ${name}: ${String(now[name]).slice(0, 60)}, before ${String(was[name]).slice(0, 60)}`
  );
}

/**
 * Compares only tables that the build knows. The migration may write to others. Of the tables in `fewer`, rows were
 * deleted on purpose.
 */
function differenceOf(was, now, { tables, fewer = new Set() }) {
  const tableOf = (effect) => effect.split(' ').at(-1);
  const known = (effect) => tables.has(tableOf(effect));
  const more = now.filter((effect) => known(effect) && !was.includes(effect));
  const less = was.filter((effect) => known(effect) && !fewer.has(tableOf(effect)) && !now.includes(effect));
  if (more.length > 0) return `it now also ${more.join(', ')}`;
  return less.length > 0 ? `it no longer ${less.join(', ')}` : undefined;
}

/**
 * Returns the milliseconds if these statements are slow in every try, otherwise undefined. One slow try may be chance.
 */
async function stillSlow(client, statements, name, was, ms = 0) {
  const most = was * SLOWER.times + SLOWER.ms;
  const same = statements.filter(({ table, action }) => `${table} ${action}` === name);
  let fastest = ms;
  for (let tries = 0; tries < MOST_TRIES && fastest > most; tries++)
    fastest = Math.min(fastest, ...(await attemptAll(client, same)).fastest.values());
  return fastest > most ? fastest : undefined;
}

async function countsOf(client) {
  const { rows } = await client.query(COUNTS);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Returns in which tables rows were inserted, updated and deleted, and how many rows were read. */
function effectsOf(before, after, names) {
  const all = [...after.values()];
  const more = ({ id, ...counts }, what) => counts[what] - (before.get(id)?.[what] ?? 0);
  const effects = all.flatMap((counts) =>
    ['inserts', 'updates', 'deletes']
      .filter((what) => more(counts, what) > 0)
      .map((what) => `${what} rows of ${names.get(counts.id) ?? counts.name}`),
  );
  return { effects, reads: all.reduce((sum, counts) => sum + more(counts, 'reads'), 0) };
}

/** Returns the results of the statements before the migrations. */
export const baseline = (url, statements) =>
  withClient(url, async (client) => {
    const names = new Map((await client.query(NAMES)).rows.map(({ id, name }) => [id, name]));
    return { ...(await attemptAll(client, statements, names)), names };
  });

async function attemptAll(client, statements, names) {
  const results = [];
  const fastest = new Map();
  for (const statement of statements) {
    const result = await attempt(client, statement, names);
    results.push(result);
    const name = `${statement.table} ${statement.action}`;
    if (result.ms !== undefined) fastest.set(name, Math.min(result.ms, fastest.get(name) ?? Infinity));
  }
  return { results, fastest };
}

/**
 * Repeats the statements that succeeded before, so that there is always a session that needs what a migration locks.
 */
export class Touch {
  #isOver = false;
  #isPaused = false;
  #idle = 0;
  #sessions = [];
  /** The number of statements that were sent. */
  count = 0;

  constructor(url, statements, before, failed) {
    const going = statements.filter(({ grant }, at) => !grant && !before.results[at].error);
    this.#sessions = [0, 1, 2].map((number) => this.#session(url, going, number, failed));
  }

  async quietly(work) {
    this.#isPaused = true;
    while (this.#idle < this.#sessions.length) await sleep(5);
    try {
      return await work();
    } finally {
      this.#isPaused = false;
    }
  }

  async end() {
    this.#isOver = true;
    await Promise.all(this.#sessions);
  }

  async #pause() {
    this.#idle++;
    while (this.#isPaused && !this.#isOver) await sleep(5);
    this.#idle--;
  }

  /** Connects again if the connection is lost: a migration may end the sessions of others. */
  async #session(url, statements, number, failed) {
    const next = { at: number * 31 };
    while (!this.#isOver)
      await withClient(url, (client) => this.#repeat(client, statements, next, failed)).catch(() => sleep(100));
  }

  async #repeat(client, statements, next, failed) {
    let isLost = false;
    client.once('end', () => (isLost = true));
    for (; !this.#isOver && !isLost; next.at++) {
      if (this.#isPaused) await this.#pause();
      const statement = statements[(next.at * 7) % statements.length];
      const { error } = await attempt(client, statement);
      this.count++;
      if (error && !['40P01', '40001', '55P03'].includes(error.code)) failed(statement, error);
      await sleep(2);
    }
  }
}
