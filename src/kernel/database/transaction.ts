import { setTimeout as sleep } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { Counter } from '../common/instruments.js';
import { isTransactionConflict } from '../errors/database-errors.js';
import { assertInTime } from '../context/request-context.js';
import { isStale } from './stale-statements.js';
import { currentQueryRunner } from './current-transaction.js';
import { IsolationLevelError, type IsolationLevel } from './isolation-level.js';

// Runs transactions, with retries.

const RETRIES = new Counter({
  name: 'aerie_database_transaction_retries_total',
  help: 'Transactions that were retried because PostgreSQL aborted them in favour of others.',
});
const MAX_RETRIES = 3;
/** The maximum of the first pause; it doubles with each retry. */
const FIRST_PAUSE_MS = 20;

/**
 * Runs `work` in a transaction: commits when it returns, rolls back when it throws. Everything in it that uses TypeORM
 * joins the transaction. Inside another transaction it is a savepoint. After a serialization failure, a deadlock or a
 * stale prepared statement the transaction is retried up to three times, so `work` must have no effects outside the
 * database. It is also run again if code inside it begins a transaction with a stricter isolation level. Throws what
 * `work` throws. If the request has timed out, throws its error instead of committing.
 */
export async function transaction<T>(db: EntityManager, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  const outer = db.queryRunner ?? currentQueryRunner(db.dataSource);
  // a failed savepoint fails its whole transaction, so the outermost one retries
  const isPart = outer?.isTransactionActive === true;
  const inTime = async (tx: EntityManager) => {
    const result = await work(tx);
    assertInTime();
    return result;
  };
  let isolation: IsolationLevel | undefined;
  for (let retries = 0; ;) {
    try {
      return await (isolation === undefined ? db.transaction(inTime) : db.transaction(isolation, inTime));
    } catch (error) {
      if (error instanceof IsolationLevelError && !isPart && error.level !== isolation) {
        isolation = error.level; // stricter each time
        continue;
      }
      if (retries >= MAX_RETRIES || isPart || !(isTransactionConflict(error) || isStale(error))) throw error;
    }
    RETRIES.add({});
    // random, so that the same transactions do not conflict again
    await sleep(Math.random() * FIRST_PAUSE_MS * 2 ** retries++);
  }
}
