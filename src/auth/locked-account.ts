import type { EntityManager } from 'typeorm';
import { repositoryOf } from '../kernel/database/base.repository.js';
import { transaction } from '../kernel/database/transaction.js';
import { AppError } from '../kernel/errors/app-error.js';
import type { Caller } from '../kernel/access/access.js';
import { User } from '../users/user.entity.js';
import { badCredentials, forbidden } from './auth.errors.js';
import { sessionHolder } from './session-holder.js';

/**
 * The account, locked until the end of the transaction; undefined if there is none. Who signs in and who changes the
 * factor come here first: one after the other, and never crosswise with a deletion.
 */
export function lockAccount(tx: EntityManager, id: number): Promise<User | undefined> {
  return repositoryOf(tx, User).lock(id, 'for_no_key_update');
}

/**
 * For what would undo a change of the caller's own standing that was committed since he was let in: account, role and
 * session are still the same, now that the transaction has its locks. Throws badCredentials, forbidden.
 */
export async function assertStanding(tx: EntityManager, caller: Caller, now: number): Promise<void> {
  const holder = await sessionHolder(tx, caller, now);
  if (!holder) throw badCredentials();
  if (holder.role !== caller.role) throw forbidden();
}

/** Runs the work in a transaction. An error that it returns is thrown after the commit, so that what it wrote down stays. */
export async function committed<T>(db: EntityManager, work: (tx: EntityManager) => Promise<T | AppError>): Promise<T> {
  const outcome = await transaction(db, work);
  if (outcome instanceof AppError) throw outcome;
  return outcome;
}
