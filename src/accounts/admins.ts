import type { EntityManager } from 'typeorm';
import { lockAccount } from '../auth/account-transaction.js';
import type { Jobs } from '../jobs/jobs.service.js';
import { UserRole } from '../kernel/access/access.js';
import { repositoryOf } from '../kernel/database/base.repository.js';
import { transaction } from '../kernel/database/transaction.js';
import { OperatorError } from '../config/operator-error.js';
import { forgetFailuresOf } from '../users/attempts.js';
import { findByAddress } from '../users/find-by-address.js';
import { User } from '../users/user.entity.js';
import { insertUser } from '../users/users.service.js';
import { madeAccounts } from '../users/users.trail.js';
import { PasswordChangedMail } from './accounts.jobs.js';
import { giveRole } from './give-role.js';
import { takeBack } from './take-back.js';

// The changes of accounts by commands of the operator. There is no caller. Each change writes an audit event.

/** The reason in the audit event. For changes in the API, an admin gives the reason. */
const REASON = 'aerie admin';

/** Returns all admins, oldest first. */
export function findAdmins(db: EntityManager): Promise<User[]> {
  return db.find(User, { where: { role: UserRole.admin }, order: { id: 'ASC' } });
}

/** Returns the account that signs in with this address. Throws an OperatorError if there is none. */
export async function findAccount(db: EntityManager, email: string): Promise<User> {
  const found = await findByAddress(repositoryOf(db, User), email);
  if (!found) throw new OperatorError(`There is no account with the address ${email}`);
  return found;
}

/** Creates an account. Throws emailTaken. */
export function createAdmin(
  db: EntityManager,
  account: Pick<User, 'email' | 'name' | 'role' | 'password_hash'>,
): Promise<void> {
  return transaction(db, async (tx) => madeAccounts.created(tx, null, await insertUser(tx, account)));
}

/**
 * Changes the role of an account. Returns false if it already has this role. Throws lastAdmin; OperatorError if the
 * account was deleted meanwhile.
 */
export function changeRole(db: EntityManager, { id, email }: User, role: UserRole): Promise<boolean> {
  return transaction(db, async (tx) => {
    const user = await locked(tx, id, email);
    if (user.role === role) return false;
    await giveRole(tx, user, role, { actor_id: null, reason: REASON });
    return true;
  });
}

/**
 * Sets a password, ends all sessions, deletes all access tokens and notifies the owner by mail. Throws an OperatorError
 * if the account was deleted meanwhile.
 */
export function setPassword(db: EntityManager, jobs: Jobs, { id, email }: User, password_hash: string): Promise<void> {
  return transaction(db, async (tx) => {
    const user = await locked(tx, id, email);
    await repositoryOf(tx, User).updateOne(user, { password_hash });
    await takeBack(tx, user, new Date(), { reason: REASON });
    await forgetFailuresOf(tx, user);
    await jobs.enqueue(tx, PasswordChangedMail, { user_id: id }, id);
  });
}

async function locked(tx: EntityManager, id: number, email: string): Promise<User> {
  const user = await lockAccount(tx, id);
  if (!user) throw new OperatorError(`There is no account with the address ${email}`); // deleted meanwhile
  return user;
}
