import type { EntityManager } from 'typeorm';
import { badCredentials } from '../kernel/errors/access.errors.js';
import { lockAccount } from '../auth/account-transaction.js';
import { repositoryOf } from '../kernel/database/base.repository.js';
import type { Caller } from '../kernel/access/access.js';
import type { Passwords } from '../users/passwords.js';
import { User } from '../users/user.entity.js';
import { wrongCurrentPassword } from './accounts.errors.js';

/**
 * Returns the caller's account after checking the password. Call it before a transaction, since hashing takes long.
 * Throws wrongCurrentPassword, tooManyAttempts, tooManyPasswords; badCredentials if the account was deleted since the
 * request was authenticated.
 */
export async function provenAccount(
  db: EntityManager,
  passwords: Passwords,
  { id }: Caller,
  current_password: string,
): Promise<User> {
  const user = await repositoryOf(db, User).findById(id);
  if (!user) throw badCredentials();
  if (!(await passwords.isPassword(user, current_password))) throw wrongCurrentPassword();
  return user;
}

/**
 * Locks and returns the account. Throws wrongCurrentPassword if its password has changed since the check,
 * badCredentials if it was deleted.
 */
export async function lockProven(tx: EntityManager, proven: User): Promise<User> {
  const user = await lockAccount(tx, proven.id);
  if (!user) throw badCredentials();
  if (user.password_hash !== proven.password_hash) throw wrongCurrentPassword();
  return user;
}
