import type { EntityManager } from 'typeorm';
import { repositoryOf } from '../kernel/database/base.repository.js';
import { transaction } from '../kernel/database/transaction.js';
import { outsideTransaction, currentQueryRunner } from '../kernel/database/current-transaction.js';
import { AppError } from '../kernel/errors/app-error.js';
import type { Caller } from '../kernel/access/access.js';
import { User } from '../users/user.entity.js';
import { badCredentials, forbidden } from '../kernel/errors/access.errors.js';
import { sessionHolder } from './session-holder.js';

/**
 * The account, locked until the end of the transaction; undefined if there is none. Who signs in and who changes the
 * factor come here first: one after the other, and never crosswise with a deletion.
 */
export function lockAccount(tx: EntityManager, id: number): Promise<User | undefined> {
  return repositoryOf(tx, User).lock(id, 'for_no_key_update');
}

/**
 * For what would undo a change of the caller's own account that was committed since he was let in: account, role and
 * session are still the same, now that the transaction has its locks. Throws badCredentials, forbidden.
 */
export async function assertCallerUnchanged(tx: EntityManager, caller: Caller, now: number): Promise<void> {
  const holder = await sessionHolder(tx, caller, now);
  if (!holder) throw badCredentials();
  if (holder.role !== caller.role) throw forbidden();
}

/**
 * Runs the work in a transaction. An error that it returns is thrown after the commit, so that what it wrote down stays.
 * Inside another transaction, which would undo that, the work is tried outside before: an error is committed there, and
 * a success is taken back, to be done inside. Nothing that the work locks may be locked by then.
 */
export async function committed<T>(db: EntityManager, work: (tx: EntityManager) => Promise<T | AppError>): Promise<T> {
  const isInside = currentQueryRunner(db.dataSource) !== undefined;
  const refusal = isInside ? await outsideTransaction(() => refusalOf(db, work)) : undefined;
  const outcome = refusal ?? (await transaction(db, work));
  if (outcome instanceof AppError) throw outcome;
  return outcome;
}

const passed = new Error('It would be done: taken back');

/** The error that the work returns, with all that it wrote down committed; undefined, and nothing, if it succeeds. */
async function refusalOf(db: EntityManager, work: (tx: EntityManager) => Promise<unknown>) {
  try {
    return await transaction(db, async (tx) => {
      const outcome = await work(tx);
      if (outcome instanceof AppError) return outcome;
      throw passed;
    });
  } catch (error) {
    if (error === passed) return undefined;
    throw error;
  }
}
