import { setTimeout as sleep } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { isLostRace } from '../errors/database-errors.js';
import { assertInTime } from '../context/request-context.js';
import { isStale } from './stale-statements.js';
import { runnerAtHand } from './transaction-at-hand.js';

const MAX_RETRIES = 3;
/** The longest first pause; each next one may be twice as long. */
const FIRST_PAUSE_MS = 20;

/**
 * Runs the work in one transaction, which is committed when it is done and rolled back when it throws, and which is at hand
 * for all that it awaits. Inside another transaction it is a part of that one, which is undone alone. Where PostgreSQL
 * ended it in favour of others (a serialization failure, a deadlock), also at the commit, or where a prepared statement
 * was stale, nothing has happened and the work is done again: it may do nothing outside the database. Throws PostgreSQL's
 * error after three more tries. A request that was answered as too late commits nothing.
 */
export async function transaction<T>(db: EntityManager, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  const outer = db.queryRunner ?? runnerAtHand(db.dataSource);
  const isPart = outer?.isTransactionActive === true; // of a transaction that is lost as a whole
  const inTime = async (tx: EntityManager) => {
    const result = await work(tx);
    assertInTime();
    return result;
  };
  for (let retries = 0; ; retries++) {
    try {
      return await db.transaction(inTime);
    } catch (error) {
      if (retries === MAX_RETRIES || isPart || !(isLostRace(error) || isStale(error))) throw error;
    }
    await sleep(Math.random() * FIRST_PAUSE_MS * 2 ** retries); // those who met do not meet again
  }
}
