import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { assertInTime } from '../context/request-context.js';
import { DEFAULT_LEVEL, isStricter, IsolationLevelError, type IsolationLevel } from './isolation-level.js';
import { nestedStateOf, onlyRollback, TransactionScope } from './transaction-scope.js';

// The current transaction: AsyncLocalStorage holds the transaction that code runs in.

const current = new AsyncLocalStorage<TransactionScope | undefined>();

/**
 * Returns the query runner of the transaction that the calling code runs in, or undefined. Code that continues after
 * the commit gets undefined, and so another connection. After a rollback this throws instead: that code would write
 * only a part of what the transaction should have written.
 */
export function currentQueryRunner(source: DataSource): QueryRunner | undefined {
  return currentScope(source)?.runner;
}

/** Does the same as `currentQueryRunner` for the transaction or savepoint itself. */
export function currentScope(source: DataSource): TransactionScope | undefined {
  let scope = current.getStore();
  while (scope !== undefined && (scope.state === 'done' || scope.runner.dataSource !== source)) scope = scope.around;
  scope?.assertKept();
  return scope;
}

/** Whether the query runner is that of the current transaction, or of one that it is a savepoint of. */
export function isCurrent(runner: QueryRunner): boolean {
  let scope = currentScope(runner.dataSource);
  while (scope !== undefined && scope.runner !== runner) scope = scope.outer;
  return scope !== undefined;
}

/** The parameters of a transaction. */
interface Begun {
  /** The level with which it has begun. A savepoint has that of its transaction. */
  readonly isolation: IsolationLevel | undefined;
  /** Returns a promise that settles when PostgreSQL has answered COMMIT or ROLLBACK. */
  readonly ended: () => Promise<unknown>;
}

/**
 * Runs `work` with the manager's transaction as the current one: everything in it that uses TypeORM belongs to it. Waits
 * for its savepoints, even if `work` does not.
 */
export async function runInTransactionScope<T>(
  tx: EntityManager,
  work: (tx: EntityManager) => Promise<T>,
  begun: Begun,
): Promise<T> {
  const scope = createScope(tx, begun);
  try {
    const result = await current.run(scope, work, tx);
    if (scope.savepoints && (await scope.savepointsEnded())) assertInTime();
    if (scope.refusal) throw scope.refusal;
    scope.state = 'done'; // before COMMIT is sent: afterwards the connection may belong to other code
    begun.ended().catch(() => (scope.state = 'rolled back'));
    return result;
  } catch (error) {
    scope.state = 'rolled back';
    if (scope.outer === undefined && nestedStateOf(scope.runner) === undefined) onlyRollback(scope.runner);
    await scope.savepointsEnded();
    throw scope.refusal ?? error;
  }
}

function createScope({ queryRunner, dataSource }: EntityManager, { isolation, ended }: Begun): TransactionScope {
  const nested = nestedStateOf(queryRunner!);
  const level = currentScope(dataSource)?.isolation ?? isolation ?? DEFAULT_LEVEL;
  const savepoint = nested?.savepoints.at(-1); // none if the query runner is used after the commit
  const outer = savepoint && (nested!.savepoints.at(-2)?.scope ?? nested!.outer);
  const scope = new TransactionScope(queryRunner!, level, current.getStore(), outer, ended);
  if (savepoint) savepoint.scope = scope;
  return scope;
}

/**
 * Called before a transaction begins with this level. Throws IsolationLevelError if it would be a savepoint in a
 * transaction with a weaker one. That transaction then fails, even if the error is caught.
 */
export function assertIsolation(source: DataSource, level: IsolationLevel | undefined): void {
  const scope = currentScope(source);
  if (scope === undefined || level === undefined || !isStricter(level, scope.isolation)) return;
  const refusal = new IsolationLevelError(level, scope.isolation);
  for (let one: TransactionScope | undefined = scope; one !== undefined; one = one.around)
    if (one.runner.dataSource === source && one.state === 'open') one.refusal = refusal;
  throw refusal;
}

/**
 * Runs `work` outside of the current transaction, on other connections, for writes that must persist although the
 * request fails: counted attempts, audited denials. It must not access rows that the current transaction has locked: a
 * deadlock that PostgreSQL cannot detect.
 */
export function outsideTransaction<T>(work: () => T): T {
  return current.run(undefined, work);
}

/** Calls `begin` when all earlier savepoints of the current transaction have ended. */
export function afterOpenSavepoints<T>(source: DataSource, begin: () => Promise<T>): Promise<T> {
  const scope = currentScope(source);
  if (scope === undefined) return begin();
  const ended = scope.savepoints ? scope.savepoints.then(begin) : begin();
  scope.savepoints = ended.catch(() => {});
  return ended;
}
