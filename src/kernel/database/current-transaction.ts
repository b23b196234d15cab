import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { DEFAULT_LEVEL, isStricter, IsolationLevelError, type IsolationLevel } from './isolation-level.js';

// The current transaction: AsyncLocalStorage holds the transaction that code runs in.

/** A transaction or a savepoint in which code runs. */
class TransactionScope {
  state: 'open' | 'done' | 'rolled back' = 'open';
  /** Resolves when all its savepoints have ended: on one connection they cannot overlap. */
  savepoints: Promise<unknown> = Promise.resolve();
  /** Makes it fail, although the code inside may have caught it. */
  refusal: IsolationLevelError | undefined;

  constructor(
    readonly runner: QueryRunner,
    readonly outer: TransactionScope | undefined,
    readonly isolation: IsolationLevel,
  ) {}
}

const current = new AsyncLocalStorage<TransactionScope | undefined>();

/**
 * Returns the query runner of the transaction that the calling code runs in, or undefined. Code that continues after
 * the commit gets undefined, and so another connection. After a rollback this throws instead: that code would write
 * only a part of what the transaction should have written.
 */
export function currentQueryRunner(source: DataSource): QueryRunner | undefined {
  return currentScope(source)?.runner;
}

/**
 * Runs `work` with the manager's transaction as the current one: everything that it awaits and that uses TypeORM is in
 * it. `isolation` is the level with which it has begun; a savepoint has that of its transaction.
 */
export async function runInTransactionScope<T>(
  tx: EntityManager,
  work: (tx: EntityManager) => Promise<T>,
  isolation: IsolationLevel = DEFAULT_LEVEL,
): Promise<T> {
  const scope = new TransactionScope(tx.queryRunner!, current.getStore(), levelInside(tx, isolation));
  try {
    const result = await current.run(scope, work, tx);
    if (scope.refusal) throw scope.refusal;
    scope.state = 'done'; // before COMMIT is sent: afterwards the connection may belong to other code
    return result;
  } catch (error) {
    scope.state = 'rolled back';
    throw scope.refusal ?? error;
  }
}

function levelInside({ dataSource }: EntityManager, isolation: IsolationLevel): IsolationLevel {
  return currentScope(dataSource)?.isolation ?? isolation;
}

/**
 * Called before a transaction begins with this level. Throws IsolationLevelError if it would be a savepoint in a
 * transaction with a weaker one. That transaction then fails, even if the error is caught.
 */
export function assertIsolation(source: DataSource, level: IsolationLevel | undefined): void {
  const scope = currentScope(source);
  if (scope === undefined || level === undefined || !isStricter(level, scope.isolation)) return;
  const refusal = new IsolationLevelError(level, scope.isolation);
  for (let one: TransactionScope | undefined = scope; one !== undefined; one = one.outer)
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
  const ended = scope.savepoints.then(begin);
  scope.savepoints = ended.catch(() => {});
  return ended;
}

function currentScope(source: DataSource): TransactionScope | undefined {
  let scope = current.getStore();
  while (scope !== undefined && (scope.state === 'done' || scope.runner.dataSource !== source)) scope = scope.outer;
  if (scope?.state === 'rolled back') throw new Error('The transaction was rolled back and cannot be used any more');
  return scope;
}
