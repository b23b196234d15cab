import { MigrationExecutor, type DataSource, type Migration, type QueryRunner } from 'typeorm';
import type { Config } from '../config/config.js';
import { OperatorError } from '../config/operator-error.js';
import { migrationLockTimeout, retryOnLockTimeout, type RetryPart } from './lock-timeout-retries.js';

/** Takes the name of a step that takes a while, before the step begins. */
export type Tell = (step: string) => void;

interface ApplyOptions {
  readonly withinMs?: number;
  readonly tell?: Tell;
}

/** A migration of this build, or one that only the database knows: another build has applied it. */
export interface MigrationState {
  readonly name: string;
  readonly state: 'applied' | 'pending' | 'unknown to this build';
}

/** The statements that a migration would run. */
export interface MigrationStatements {
  readonly name: string;
  readonly statements: readonly string[];
}

/**
 * Returns the migrations that the database lacks, in execution order. Changes nothing and takes no lock that blocks
 * others.
 */
export function pendingMigrations(source: DataSource, runner?: QueryRunner): Promise<Migration[]> {
  return new MigrationExecutor(source, runner).getPendingMigrations();
}

/** Returns all migrations, ordered by timestamp. */
export async function migrationStates(source: DataSource): Promise<MigrationState[]> {
  const executor = new MigrationExecutor(source);
  const [executed, pending] = [await executor.getExecutedMigrations(), await executor.getPendingMigrations()];
  const known = new Set(source.migrations.map(nameOf));
  const lacking = new Set(pending);
  const stateOf = (migration: Migration) => {
    if (lacking.has(migration)) return 'pending';
    return known.has(migration.name) ? 'applied' : 'unknown to this build';
  };
  return [...executed, ...pending]
    .toSorted((a, b) => a.timestamp - b.timestamp)
    .map((migration) => ({ name: migration.name, state: stateOf(migration) }));
}

/**
 * Applies the pending migrations, each in its own transaction. Returns their names. Throws an OperatorError if one gets
 * no lock within `withinMs` milliseconds after its first attempt.
 */
export async function applyMigrations(
  source: DataSource,
  config: Config,
  { withinMs, tell }: ApplyOptions = {},
): Promise<string[]> {
  const missing = await pendingMigrations(source);
  if (missing.length === 0) return [];
  tell?.(`Applying ${missing.length} migration(s)`);
  const next = async (runner?: QueryRunner) => `The migration ${(await pendingMigrations(source, runner))[0]?.name}`;
  const run = (retry: RetryPart) =>
    withRunner(
      source,
      { config, retryStatement: (runner, statement) => retry(() => next(runner), statement) },
      (runner) => executorOn(runner, 'each').executePendingMigrations(),
    );
  await retryOnLockTimeout(config, next, run, withinMs);
  return missing.map(({ name }) => name);
}

function executorOn(runner: QueryRunner, transaction: 'each' | 'none'): MigrationExecutor {
  return Object.assign(new MigrationExecutor(runner.dataSource, runner), { transaction });
}

/** How the statements of a migration wait for locks. */
interface Waiting {
  readonly config: Config;
  /** Retries a statement that is not part of a transaction. */
  readonly retryStatement: (runner: QueryRunner, statement: () => Promise<unknown>) => Promise<unknown>;
}

async function withRunner<T>(
  source: DataSource,
  waiting: Waiting,
  work: (runner: QueryRunner) => Promise<T>,
): Promise<T> {
  const runner = source.createQueryRunner();
  waitForLocks(runner, waiting);
  try {
    return await work(runner);
  } finally {
    await runner.release();
  }
}

/**
 * Retries each statement outside a transaction that did not get its lock, since those before it have already taken
 * effect. Disables the lock timeout for `concurrently` statements. They wait for every open transaction, such as that of
 * an export, and block no requests meanwhile. After a timeout, they would leave an invalid index behind.
 */
function waitForLocks(runner: QueryRunner, { config, retryStatement }: Waiting): void {
  const query = runner.query.bind(runner) as Query;
  const patient: Query = async (text, values, structured) => {
    const statement = () => query(text, values, structured);
    if (!/\bconcurrently\b/i.test(text)) {
      return runner.isTransactionActive ? statement() : retryStatement(runner, statement);
    }
    await query('set lock_timeout = 0');
    try {
      return await statement();
    } finally {
      // fails in a failed transaction, whose rollback restores the setting
      await query(`set lock_timeout = ${migrationLockTimeout(config)}`).catch(() => {});
    }
  };
  Object.assign(runner, { query: patient });
}

type Query = (text: string, values?: unknown[], structured?: boolean) => Promise<unknown>;

/**
 * Undoes the last `count` migrations. Returns their names, last first. Throws an OperatorError if this build does not
 * know one of them.
 */
export async function undoMigrations(source: DataSource, config: Config, count: number): Promise<string[]> {
  const executed = await new MigrationExecutor(source).getExecutedMigrations(); // last first
  const last = executed.slice(0, count).map(({ name }) => name);
  const instances = last.map((name) => source.migrations.find((one) => nameOf(one) === name));
  const strange = last.find((_, at) => instances[at] === undefined);
  if (strange !== undefined) {
    throw new OperatorError(
      `This build does not know the migration ${strange}: revert it with the build that applied it`,
    );
  }
  for (const [at, name] of last.entries()) {
    const { transaction: inOne } = instances[at]!;
    const what = () => Promise.resolve(`Reverting the migration ${name}`);
    const undo = (retry: RetryPart) =>
      withRunner(source, { config, retryStatement: (_, statement) => retry(what, statement) }, (runner) =>
        executorOn(runner, inOne === false ? 'none' : 'each').undoLastMigration(),
      );
    await retryOnLockTimeout(config, what, undo);
  }
  return last;
}

/**
 * Returns the statements that the pending migrations would run. Executes only their queries, in read-only transactions.
 * Queries that depend on an earlier pending migration return no rows.
 */
export async function plannedStatements(source: DataSource): Promise<MigrationStatements[]> {
  const planned: MigrationStatements[] = [];
  for (const { name, instance } of await pendingMigrations(source)) {
    const runner = source.createQueryRunner();
    const statements: string[] = [];
    record(runner, statements);
    try {
      await instance!.up(runner);
    } catch (error) {
      statements.push(`-- the remaining statements depend on earlier pending migrations: ${(error as Error).message}`);
    } finally {
      await runner.release();
    }
    planned.push({ name, statements });
  }
  return planned;
}

const ASKS = /^\s*(?:select|show|with|values|explain)\b/i;

function record(runner: QueryRunner, statements: string[]): void {
  const query = runner.query.bind(runner) as Query;
  const planned: Query = async (text, values) => {
    if (ASKS.test(text)) return readOnly(() => query(text, values), query).catch(() => []);
    statements.push(text);
    return [];
  };
  Object.assign(runner, { query: planned });
}

async function readOnly(ask: () => Promise<unknown>, query: (text: string) => Promise<unknown>): Promise<unknown> {
  await query('start transaction read only');
  try {
    return await ask();
  } finally {
    await query('rollback');
  }
}

const nameOf = (migration: DataSource['migrations'][number]): string => migration.name ?? migration.constructor.name;
