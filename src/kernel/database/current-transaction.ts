import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';

// The current transaction: AsyncLocalStorage holds the transaction that code runs in.

/** A transaction or a savepoint in which code runs. */
class TransactionScope {
  state: 'open' | 'done' | 'rolled back' = 'open';
  /** Resolves when all its savepoints have ended: on one connection they cannot overlap. */
  savepoints: Promise<unknown> = Promise.resolve();

  constructor(
    readonly runner: QueryRunner,
    readonly outer: TransactionScope | undefined,
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
 * it.
 */
export async function runInTransactionScope<T>(tx: EntityManager, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  const scope = new TransactionScope(tx.queryRunner!, current.getStore());
  try {
    const result = await current.run(scope, work, tx);
    scope.state = 'done'; // before COMMIT is sent: afterwards the connection may belong to other code
    return result;
  } catch (error) {
    scope.state = 'rolled back';
    throw error;
  }
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
