import { setTimeout as sleep } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { isLostRace } from '../errors/database-errors.js';
import { assertInTime, currentContext } from '../context/request-context.js';
import { runnerAtHand, withAtHand } from './transaction-at-hand.js';

const MAX_RETRIES = 3;
/** The longest first pause; each next one may be twice as long. */
const FIRST_PAUSE_MS = 20;

/**
 * Runs the work in one transaction, which is committed when it is done and rolled back when it throws, and which is at hand
 * for all that it awaits. Inside another transaction it is a part of that one, which is undone alone. Where PostgreSQL gave others the way (a serialization failure, a deadlock), also at the commit, nothing has
 * happened and the work is done again: it may do nothing outside the database. Throws PostgreSQL's error after three more.
 * A request that was answered as too late commits nothing.
 * In a request with an idempotency key it is committed with the answer (kernel/idempotency/keyed-request.ts).
 */
export async function transaction<T>(db: EntityManager, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  const outer = db.queryRunner ?? runnerAtHand(db.dataSource);
  const isPart = outer?.isTransactionActive === true; // of a transaction that is lost as a whole
  const keyed = isPart ? undefined : currentContext()?.keyed;
  const inTime = async (tx: EntityManager) => {
    const result = await work(tx);
    assertInTime();
    return result;
  };
  for (let retries = 0; ; retries++) {
    try {
      return await (keyed ? keyed.run(db, (tx) => withAtHand(tx, inTime)) : db.transaction(inTime));
    } catch (error) {
      if (retries === MAX_RETRIES || isPart || !isLostRace(error)) throw error;
    }
    await sleep(Math.random() * FIRST_PAUSE_MS * 2 ** retries); // those who met do not meet again
  }
}

/** A transaction that whoever began it has to end, by one of these. */
export interface OpenTransaction {
  readonly tx: EntityManager;
  /** Throws what PostgreSQL says when it cannot; then roll back. */
  readonly commit: () => Promise<void>;
  /** Never throws: a connection that cannot even do this is lost, and the transaction with it. */
  readonly rollback: () => Promise<void>;
}

/** Begins a transaction on a connection of its own, which goes back to the pool with its end. */
export async function begin(db: EntityManager): Promise<OpenTransaction> {
  const runner = db.dataSource.createQueryRunner();
  const rollback = async () => {
    try {
      if (runner.isTransactionActive) await runner.rollbackTransaction();
    } catch {
      // PostgreSQL rolls back what has no connection any more
    } finally {
      await runner.release();
    }
  };
  const commit = async () => {
    await runner.commitTransaction();
    await runner.release();
  };
  try {
    await runner.startTransaction();
  } catch (error) {
    await runner.release();
    throw error;
  }
  return { tx: runner.manager, commit, rollback };
}
