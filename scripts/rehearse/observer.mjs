// Records what each statement of a migration locks, reads and writes. Asks on the migration's own connection, inside
// its transaction. The result therefore does not depend on timing or on the speed of the machine.
import { ChangedRows } from './changed-rows.mjs';
import { CopiedTables } from './copied-tables.mjs';
import { Overhead } from './overhead.mjs';
import { leftBehind, LONGEST_LOCK_TIMEOUT_MS, sessionOf } from './session.mjs';
import { MANY } from './sizes.mjs';
import { BEGINS, CHANGES_DATA, ENDS, HAS_TRANSACTIONS, LOCKS_ROWS, REINDEXES, statementsIn } from './sql.mjs';
import {
  builtIndex,
  isEmpty,
  largestWrite,
  lockedRows,
  locksOf,
  nextTransaction,
  stateOf,
  STOPS,
  workOf,
} from './work.mjs';

/** Rewriting a table with fewer rows takes no noticeable time. */
const SMALL = 1000;

const SIZES = `select c.oid::int8 as oid, c.reltuples::float8 as rows from pg_class c
  where c.relkind = 'r' and c.relnamespace <> 'pg_catalog'::regnamespace`;

const OWN = /^(?:set\s+(?:session\s+|local\s+)?(?:lock|statement)_timeout|savepoint|release|rollback\s+to)\b/i;
/** It fails outside of a transaction, at least without WITH HOLD. */
const NEEDS_TRANSACTION = /^(?:lock|declare)\b/i;
/** Error codes of PostgreSQL: "cannot run inside a transaction block", and a procedure that commits. */
const OUTSIDE_ONLY = new Set(['25001', '2D000']);
const DIRECT = 'statements that it does not send with the query runner';

/**
 * Observes the migrations of a data source. Calls `found(sentence, statement)` for each statement that blocks requests.
 * `statement.text` is its SQL.
 */
export class Observer {
  /** The name of the running migration. `statements` has its statements so far. */
  name;
  statements = [];
  /** The names of the tables that the old build uses. */
  used = new Set();
  /** Called after a statement that was committed before the end of its migration and may have changed the schema. */
  committed = async () => {};
  #found;
  #sizes = new Map();
  #changes; // what the transactions of the running migration change
  #copies; // which tables the running migration copies
  #queries = new WeakMap(); // the unobserved `query` of each query runner
  #session; // the session before the migration, until its transaction has ended
  #open; // the open transaction: the state before the statement, and what the transaction has done

  constructor(found) {
    this.#found = found;
  }

  /** The SQL of the running statement, or of the last one. */
  get statement() {
    return this.statements.at(-1)?.text;
  }

  /** The SQL of the statement that has taken the longest since a time (`performance.now()`), or of the last one. */
  longestSince(time) {
    const now = performance.now();
    const timeOf = ({ began, ms = now - began }) => began + ms - Math.max(began, time);
    const running = this.statements.filter(({ began }) => began !== undefined);
    return running.toSorted((a, b) => timeOf(b) - timeOf(a))[0]?.text ?? this.statement;
  }

  /** The milliseconds that observing has added to the open transaction so far. */
  get overheadMs() {
    return this.#open?.overhead.ms ?? 0;
  }

  /** Starts to observe all statements of the migrations of a data source. */
  async watch(source) {
    const sizes = await source.query(SIZES);
    this.#sizes = new Map(sizes.map(({ oid, rows }) => [Number(oid), Math.max(0, Number(rows))]));
    this.#changes = new ChangedRows((...finding) => this.#found(...finding), this.#sizes);
    this.#copies = new CopiedTables((...finding) => this.#found(...finding), this.#sizes);
    this.#copies.used = this.used;
    this.#open = undefined;
    this.#session = undefined;
    const create = source.createQueryRunner.bind(source);
    source.createQueryRunner = (mode) => this.#observed(create(mode));
    for (const migration of source.migrations) {
      for (const way of ['up', 'down'].filter((one) => one in migration)) {
        const work = migration[way].bind(migration);
        migration[way] = (runner) => this.#migrate(migration, () => work(runner), this.#queries.get(runner));
      }
    }
  }

  async #migrate(migration, work, query) {
    this.name = migration.name ?? migration.constructor.name;
    this.statements = []; // a migration that did not get a lock starts again
    this.#changes.begin();
    this.#copies.begin();
    this.#session = await sessionOf(query);
    if (this.#open !== undefined) this.#open.before = await stateOf(query);
    this.isOn = true;
    try {
      await work();
    } finally {
      this.isOn = false; // it may start again: after a lock timeout, for example
    }
    this.#changes.end(this.statements);
    const open = this.#open;
    if (open === undefined) await this.#findLeftBehind(query);
    else if (open.before !== undefined) await open.overhead.during(() => this.#look(query, { text: DIRECT }, open));
  }

  #observed(runner) {
    const query = runner.query.bind(runner);
    this.#queries.set(runner, query);
    runner.query = (text, values, structured) => this.#run(query, text, () => query(text, values, structured));
    return runner;
  }

  async #run(query, text, run) {
    const parts = statementsIn(text);
    const only = parts.length === 1 ? parts[0] : '';
    if (BEGINS.test(only)) {
      const answer = await run();
      this.#open = begun(!this.isOn);
      return answer;
    }
    if (ENDS.test(only)) {
      const answer = await run();
      this.#open = undefined;
      if (!this.isOn) await this.#findLeftBehind(query);
      else if (this.statements.length > 0) await this.committed(this.statements.at(-1));
      return answer;
    }
    if (!this.isOn || OWN.test(only)) return run();
    const statement = { text: text.replace(/\s+/g, ' ').trim(), locksRows: LOCKS_ROWS.test(text) };
    this.statements.push(statement);
    if (parts.some((part) => BEGINS.test(part) || ENDS.test(part))) {
      this.#found('begins or ends a transaction between other statements: what it locks cannot be observed', statement);
      return run();
    }
    if (this.#open !== undefined) return this.#inside(query, statement, run);
    return NEEDS_TRANSACTION.test(only) ? run() : this.#alone(query, statement, run);
  }

  /** Runs a statement in a transaction of its own, to observe it. Runs it alone if it cannot run in a transaction. */
  async #alone(query, statement, run) {
    await query('begin');
    this.#open = begun(false);
    try {
      const answer = await this.#inside(query, statement, run);
      await query('commit');
      if (!CHANGES_DATA.test(statement.text)) await this.committed(statement);
      return answer;
    } catch (error) {
      await query('rollback').catch(() => {});
      if (!OUTSIDE_ONLY.has(error.driverError?.code ?? error.code)) throw error;
    } finally {
      this.#open = undefined;
    }
    return this.#outside(query, statement, run);
  }

  /** Runs a statement that cannot run in a transaction. */
  async #outside(query, statement, run) {
    const before = await stateOf(query);
    const next = await nextTransaction(query);
    const answer = await timed(statement, run);
    const after = await stateOf(query);
    await this.#findRewrites(query, statement, before, after);
    if (REINDEXES.test(statement.text))
      this.#found('builds indexes again without CONCURRENTLY, which blocks writes of their tables', statement);
    if (HAS_TRANSACTIONS.test(statement.text)) {
      const { rows, what } = builtIndex(before, after, this.#sizes);
      if (rows > MANY) this.#found(`${what} without CONCURRENTLY, which blocks writes`, statement);
      await this.#findLargeTransactions(query, statement, after, next);
    }
    await this.committed(statement);
    return answer;
  }

  /** Reports the transactions of a statement that wrote many rows. */
  async #findLargeTransactions(query, statement, { tables }, next) {
    for (const [oid, { name }] of tables) {
      if (!this.#sizes.has(oid)) continue;
      const rows = await largestWrite(query, name, next);
      if (rows > MANY) this.#found(`locks ${rows} rows of ${name} in one transaction: use batches`, statement);
    }
  }

  /** Reports what the migration has left behind in its session. */
  async #findLeftBehind(query) {
    const before = this.#session;
    this.#session = undefined;
    if (before === undefined) return;
    for (const { sentence, by } of leftBehind(before, await sessionOf(query)))
      this.#found(
        sentence,
        this.statements.findLast(({ text }) => by.test(text)) ?? this.statements.at(-1) ?? { text: '' },
      );
  }

  async #inside(query, statement, run) {
    const open = this.#open;
    open.before ??= await open.overhead.during(() => stateOf(query));
    const answer = await timed(statement, run);
    await open.overhead.during(() => this.#look(query, statement, open));
    return answer;
  }

  /** Judges what the transaction has done since the state `open.before`. */
  async #look(query, statement, open) {
    const after = await stateOf(query);
    await this.#findRewrites(query, statement, open.before, after);
    this.#judge(statement, open, after);
    open.before = after;
    if (!statement.locksRows) return;
    await this.#findLockedReads(query, statement);
    open.before = await stateOf(query); // counting the locked rows has read their tables
  }

  #judge(statement, open, after) {
    const locks = locksOf(after, this.#sizes);
    const work = workOf(open.before, after, this.#sizes);
    Object.assign(statement, { locks: locks.map(({ table, mode }) => `${mode} on ${table}`), rows: work.rows });
    const [strongest] = locks;
    this.#findBlockingWork(statement, open, strongest, work);
    const mayWait = after.lockTimeout === 0 || after.lockTimeout > LONGEST_LOCK_TIMEOUT_MS;
    if (strongest !== undefined && mayWait && !open.mayWait) {
      open.mayWait = true;
      const long = after.lockTimeout === 0 ? 'without a lock_timeout' : `for up to ${after.lockTimeout} ms`;
      this.#found(`waits for its lock on ${strongest.table} ${long}: all requests would wait behind it`, statement);
    }
    this.#changes.judge(statement, open, after);
    this.#copies.judge(statement, open.before, after);
  }

  /** Reports when a statement, or the transaction so far, works on many rows while it blocks others. */
  #findBlockingWork(statement, open, strongest, { rows, what }) {
    if (strongest === undefined) return;
    const { table, mode } = strongest;
    const blocked = `while ${STOPS[mode]} of ${table} are blocked (${mode})`;
    const was = open.worked;
    open.worked += rows;
    if (rows > MANY) this.#found(`${what}, ${blocked}`, statement);
    else if (was <= MANY && open.worked > MANY)
      this.#found(`is one of several statements that work on ${open.worked} rows, ${blocked}`, statement);
  }

  /** A table that was truncated has a new file as well, but an empty one. */
  async #findRewrites(query, statement, before, after) {
    for (const [oid, { name, file }] of before.tables) {
      const now = after.tables.get(oid);
      const rows = this.#sizes.get(oid) ?? 0;
      if (now === undefined || now.file === file || rows < SMALL || (await isEmpty(query, oid))) continue;
      this.#found(`rewrites the whole table ${name} (${rows} rows), which blocks reads meanwhile`, statement);
    }
  }

  async #findLockedReads(query, statement) {
    for (const { table, rows } of await lockedRows(query))
      if (rows > MANY)
        this.#found(
          `locks the ${rows} rows of ${table} that it reads until the transaction ends: use batches`,
          statement,
        );
  }
}

async function timed(statement, run) {
  statement.began = performance.now();
  const answer = await run();
  statement.ms = performance.now() - statement.began;
  return answer;
}

/**
 * What is known about a transaction. `worked` is the number of rows that it read and wrote while it blocked others.
 * `mayWait`: a statement that may wait too long for its lock was reported. `isWhole`: it is the transaction of the whole migration.
 */
const begun = (isWhole) => ({
  overhead: new Overhead(),
  changed: new Map(),
  worked: 0,
  before: undefined,
  mayWait: false,
  isWhole,
});
