import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';

/** A transaction, or a savepoint in one, while some work runs in it. */
class Scope {
  state: 'open' | 'done' | 'rolled back' = 'open';
  /** The savepoints in it follow each other: on one connection they cannot overlap. */
  savepoints: Promise<unknown> = Promise.resolve();

  constructor(
    readonly runner: QueryRunner,
    readonly outer: Scope | undefined,
  ) {}
}

const current = new AsyncLocalStorage<Scope | undefined>();

/**
 * The connection of the transaction that this code runs in, if any. Work that goes on after its end finds none, and
 * takes a connection of its own; after a rollback it throws instead, since half of what belongs together would be written.
 */
export function runnerAtHand(source: DataSource): QueryRunner | undefined {
  return scopeAtHand(source)?.runner;
}

/** Runs the work with the manager's transaction at hand: whatever it awaits joins it, by whatever way of TypeORM. */
export async function withAtHand<T>(tx: EntityManager, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  const scope = new Scope(tx.queryRunner!, current.getStore());
  try {
    const result = await current.run(scope, work, tx);
    scope.state = 'done'; // before COMMIT is sent: behind it the connection belongs to somebody else
    return result;
  } catch (error) {
    scope.state = 'rolled back';
    throw error;
  }
}

/**
 * Runs the work on connections of its own, for what must stay although the request fails: a counted attempt, an audited
 * denial. It must not touch rows that the surrounding transaction has locked: it would wait for itself.
 */
export function outsideTransaction<T>(work: () => T): T {
  return current.run(undefined, work);
}

/** Begins the savepoint once those before it, in the same transaction, have ended. */
export function afterSavepoints<T>(source: DataSource, begin: () => Promise<T>): Promise<T> {
  const scope = scopeAtHand(source);
  if (scope === undefined) return begin();
  const ended = scope.savepoints.then(begin);
  scope.savepoints = ended.catch(() => {});
  return ended;
}

function scopeAtHand(source: DataSource): Scope | undefined {
  let scope = current.getStore();
  while (scope !== undefined && (scope.state === 'done' || scope.runner.dataSource !== source)) scope = scope.outer;
  if (scope?.state === 'rolled back') throw new Error('The transaction was rolled back: nothing more is done in it');
  return scope;
}
