import type { EntityManager } from 'typeorm';
import { repositoryOf } from '../kernel/database/base.repository.js';
import { transaction } from '../kernel/database/transaction.js';
import { outsideTransaction, currentQueryRunner } from '../kernel/database/current-transaction.js';
import { AppError } from '../kernel/errors/app-error.js';
import type { Caller } from '../kernel/access/access.js';
import { User } from '../users/user.entity.js';
import { badCredentials, forbidden } from '../kernel/errors/access.errors.js';
import { findSessionAccount } from './session-account.js';

// Transactions on the caller's account.

/**
 * Returns the account, locked until the transaction ends; undefined if it does not exist. Sign-ins and changes of the
 * second factor lock the account first, so that they run one after another and cannot deadlock with its deletion.
 */
export function lockAccount(tx: EntityManager, id: number): Promise<User | undefined> {
  return repositoryOf(tx, User).lock(id, 'for_no_key_update');
}

/**
 * Checks that the caller's account, role and session have not changed since the request was authenticated. Call it
 * after the transaction has acquired its locks. Throws badCredentials, forbidden.
 */
export async function assertCallerUnchanged(tx: EntityManager, caller: Caller, now: number): Promise<void> {
  const holder = await findSessionAccount(tx, caller, now);
  if (!holder) throw badCredentials();
  if (holder.role !== caller.role) throw forbidden();
}

/**
 * Runs `work` in a transaction. If `work` returns an AppError, the transaction is committed before the error is thrown,
 * so that writes such as failed attempts and audit events are kept. Inside another transaction, whose rollback would
 * undo these writes, `work` first runs in a separate transaction: an error is committed there; a success is rolled
 * back, and `work` runs again in the outer transaction. The outer transaction must not have locked rows that `work`
 * locks.
 */
export async function commitThenThrow<T>(
  db: EntityManager,
  work: (tx: EntityManager) => Promise<T | AppError>,
): Promise<T> {
  const isInside = currentQueryRunner(db.dataSource) !== undefined;
  const refusal = isInside ? await outsideTransaction(() => committedErrorOf(db, work)) : undefined;
  const outcome = refusal ?? (await transaction(db, work));
  if (outcome instanceof AppError) throw outcome;
  return outcome;
}

const ROLLBACK = new Error('The work succeeded: rolled back to run it again');

/** Runs `work`. If it returns an error, commits and returns the error; otherwise rolls back and returns undefined. */
async function committedErrorOf(db: EntityManager, work: (tx: EntityManager) => Promise<unknown>) {
  try {
    return await transaction(db, async (tx) => {
      const outcome = await work(tx);
      if (outcome instanceof AppError) return outcome;
      throw ROLLBACK;
    });
  } catch (error) {
    if (error === ROLLBACK) return undefined;
    throw error;
  }
}
