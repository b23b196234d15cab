// Records what each statement of a migration locks, reads and writes. Asks on the migration's own connection, inside
// its transaction. The result therefore does not depend on timing or on the speed of the machine.
import { statementsIn } from './sql.mjs';

/** The most rows that a statement may work on while it blocks others. A large table has more, a batch has fewer. */
export const MANY = 10_000;
/** Rewriting a table with fewer rows takes no noticeable time. */
const SMALL = 1000;

/** Migrations never wait longer for a lock by default. */
const LONGEST_LOCK_TIMEOUT_MS = 2000;

const STOPS = {
  AccessExclusiveLock: 'reads and writes',
  ExclusiveLock: 'writes',
  ShareRowExclusiveLock: 'writes',
  ShareLock: 'writes',
};
const STRENGTH = Object.keys(STOPS);

const STATE = `select json_build_object(
  'lockTimeout', (select setting::int from pg_settings where name = 'lock_timeout'),
  'locks', (select coalesce(json_agg(json_build_array(l.relation::int8, l.mode)), '[]') from pg_locks l
    where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.granted and l.mode = any ($1::text[])),
  'tables', (select coalesce(json_agg(json_build_object('oid', c.oid::int8, 'name', c.oid::regclass::text,
      'file', pg_relation_filenode(c.oid)::int8,
      'read', pg_stat_get_xact_tuples_returned(c.oid) + pg_stat_get_xact_tuples_fetched(c.oid),
      'inserted', pg_stat_get_xact_tuples_inserted(c.oid),
      'changed', pg_stat_get_xact_tuples_updated(c.oid) + pg_stat_get_xact_tuples_deleted(c.oid))), '[]')
    from pg_class c where c.relkind = 'r' and c.relpersistence <> 't'
      and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)),
  'indexes', (select coalesce(json_agg(json_build_array(i.indexrelid::int8, i.indrelid::int8)), '[]') from pg_index i
    join pg_class c on c.oid = i.indrelid where c.relnamespace <> 'pg_catalog'::regnamespace)) as state`;

const SIZES = `select c.oid::int8 as oid, c.reltuples::float8 as rows from pg_class c
  where c.relkind = 'r' and c.relnamespace <> 'pg_catalog'::regnamespace`;

const BEGINS = /^(?:begin|start\s+transaction)\b/i;
const ENDS = /^(?:commit|end|rollback(?!\s+to)|abort)\b/i;
const OWN = /^(?:set\s+(?:session\s+|local\s+)?(?:lock|statement)_timeout|savepoint|release|rollback\s+to)\b/i;
/**
 * A query that locks the rows that it reads. PostgreSQL does not count these rows as changed, and TypeORM does not return
 * the rows of a text with several statements.
 */
const LOCKS_ROWS = /\bselect\b.*\bfor\s+(?:no\s+key\s+)?(?:update|share)\b/is;
/** Error codes of PostgreSQL: "cannot run inside a transaction block", and a procedure that commits. */
const OUTSIDE_ONLY = new Set(['25001', '2D000']);

/**
 * Observes the migrations of a data source. Calls `found(sentence, statement)` for each statement that blocks requests.
 * `statement.text` is its SQL.
 */
export class Observer {
  /** The name of the running migration. `statements` has its statements so far. */
  name;
  statements = [];
  #found;
  #sizes = new Map();
  #open; // the open transaction: the state before the statement, and what the transaction has changed

  constructor(found) {
    this.#found = found;
  }

  /** The SQL of the running statement, or of the last one. */
  get statement() {
    return this.statements.at(-1)?.text;
  }

  /** The milliseconds that observing has added to the open transaction. */
  get overheadMs() {
    return this.#open?.overheadMs ?? 0;
  }

  /** Starts to observe all statements of the migrations of a data source. */
  async watch(source) {
    const sizes = await source.query(SIZES);
    this.#sizes = new Map(sizes.map(({ oid, rows }) => [Number(oid), Math.max(0, Number(rows))]));
    const create = source.createQueryRunner.bind(source);
    source.createQueryRunner = (mode) => this.#observed(create(mode));
    for (const migration of source.migrations) {
      for (const way of ['up', 'down'].filter((one) => one in migration)) {
        const work = migration[way].bind(migration);
        migration[way] = async (runner) => {
          this.name = migration.name ?? migration.constructor.name;
          this.statements = []; // a migration that did not get a lock starts again
          this.isOn = true;
          await work(runner);
          this.isOn = false;
        };
      }
    }
  }

  #observed(runner) {
    const query = runner.query.bind(runner);
    runner.query = (text, values, structured) => this.#run(query, text, () => query(text, values, structured));
    return runner;
  }

  async #run(query, text, run) {
    const parts = statementsIn(text);
    const only = parts.length === 1 ? parts[0] : '';
    if (BEGINS.test(only)) {
      const answer = await run();
      this.#open = { overheadMs: 0, changed: new Map(), before: undefined };
      return answer;
    }
    if (ENDS.test(only)) {
      const answer = await run();
      this.#open = undefined;
      return answer;
    }
    if (!this.isOn || OWN.test(only)) return run();
    const statement = {
      text: text.replace(/\s+/g, ' ').trim(),
      began: performance.now(),
      locksRows: LOCKS_ROWS.test(only),
    };
    this.statements.push(statement);
    if (parts.some((part) => BEGINS.test(part) || ENDS.test(part))) {
      this.#found('begins or ends a transaction between other statements: what it locks cannot be observed', statement);
      return run();
    }
    if (this.#open !== undefined) return this.#inside(query, statement, run);
    return this.#alone(query, statement, run);
  }

  /** Runs a statement in a transaction of its own, to observe it. Runs it alone if it cannot run in a transaction. */
  async #alone(query, statement, run) {
    await query('begin');
    this.#open = { overheadMs: 0, changed: new Map(), before: undefined };
    try {
      const answer = await this.#inside(query, statement, run);
      await query('commit');
      return answer;
    } catch (error) {
      await query('rollback').catch(() => {});
      if (!OUTSIDE_ONLY.has(error.driverError?.code ?? error.code)) throw error;
    } finally {
      this.#open = undefined;
    }
    const before = await this.#state(query);
    const answer = await run();
    this.#findRewrites(statement, before, await this.#state(query));
    return answer;
  }

  async #inside(query, statement, run) {
    const open = this.#open;
    const began = performance.now();
    open.before ??= await this.#state(query);
    open.overheadMs += performance.now() - began;
    const answer = await run();
    statement.ms = performance.now() - began;
    const looked = performance.now();
    const after = await this.#state(query);
    this.#judge(statement, open, after);
    if (statement.locksRows && answer?.length > MANY)
      this.#found(`locks the ${answer.length} rows that it reads until the transaction ends: use batches`, statement);
    open.before = after;
    open.overheadMs += performance.now() - looked;
    return answer;
  }

  async #state(query) {
    const [{ state }] = await query(STATE, [STRENGTH]);
    const { tables } = state;
    return { ...state, tables: new Map(tables.map((table) => [table.oid, table])), indexes: new Map(state.indexes) };
  }

  #judge(statement, open, after) {
    const locks = this.#locksOf(after);
    const work = this.#workOf(open.before, after);
    Object.assign(statement, { locks: locks.map(({ table, mode }) => `${mode} on ${table}`), rows: work.rows });
    this.#findRewrites(statement, open.before, after);
    const [strongest] = locks;
    if (strongest !== undefined && work.rows > MANY) {
      const { table, mode } = strongest;
      this.#found(`${work.what}, while ${STOPS[mode]} of ${table} are blocked (${mode})`, statement);
    }
    if (strongest !== undefined && (after.lockTimeout === 0 || after.lockTimeout > LONGEST_LOCK_TIMEOUT_MS)) {
      const long = after.lockTimeout === 0 ? 'without a lock_timeout' : `for up to ${after.lockTimeout} ms`;
      this.#found(`waits for its lock on ${strongest.table} ${long}: all requests would wait behind it`, statement);
    }
    this.#findLockedRows(statement, open, after);
  }

  /** Returns the locks on tables that existed before the migrations, the strongest first. */
  #locksOf({ locks, tables }) {
    return locks
      .filter(([oid]) => this.#sizes.has(oid))
      .map(([oid, mode]) => ({ table: tables.get(oid)?.name ?? 'a table that it drops', mode }))
      .toSorted((a, b) => STRENGTH.indexOf(a.mode) - STRENGTH.indexOf(b.mode));
  }

  #workOf(before, after) {
    const parts = [];
    for (const [oid, { name, read, inserted, changed }] of after.tables) {
      const was = before.tables.get(oid) ?? { read: 0, inserted: 0, changed: 0 };
      const [reads, writes] = [read - was.read, inserted + changed - was.inserted - was.changed];
      if (reads > 0) parts.push({ rows: reads, what: `reads ${reads} rows of ${name}` });
      if (writes > 0) parts.push({ rows: writes, what: `writes ${writes} rows of ${name}` });
    }
    for (const [index, table] of after.indexes) {
      const rows = before.indexes.has(index) || !before.tables.has(table) ? 0 : (this.#sizes.get(table) ?? 0);
      if (rows > 0) parts.push({ rows, what: `builds an index of ${rows} rows of ${after.tables.get(table)?.name}` });
    }
    parts.sort((a, b) => b.rows - a.rows);
    return { rows: Math.max(0, ...parts.map(({ rows }) => rows)), what: parts[0]?.what ?? '' };
  }

  #findRewrites(statement, before, after) {
    for (const [oid, { name, file }] of before.tables) {
      const now = after.tables.get(oid);
      const rows = this.#sizes.get(oid) ?? 0;
      if (now === undefined || now.file === file || rows < SMALL) continue;
      this.#found(`rewrites the whole table ${name} (${rows} rows), which blocks reads meanwhile`, statement);
    }
  }

  /**
   * Reports when a transaction has locked many rows. Requests that change one of them wait until the transaction ends.
   */
  #findLockedRows(statement, open, after) {
    for (const [oid, { name, changed }] of after.tables) {
      const more = changed - (open.before.tables.get(oid)?.changed ?? 0);
      if (more <= 0 || !this.#sizes.has(oid)) continue;
      const was = open.changed.get(oid) ?? 0;
      open.changed.set(oid, was + more);
      if (was <= MANY && was + more > MANY)
        this.#found(`locks ${was + more} rows of ${name} in one transaction: use batches`, statement);
    }
  }
}
