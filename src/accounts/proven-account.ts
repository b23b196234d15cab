import type { EntityManager } from 'typeorm';
import { badCredentials } from '../kernel/errors/access.errors.js';
import { lockAccount } from '../auth/account-transaction.js';
import { repositoryOf } from '../kernel/database/base.repository.js';
import type { Caller } from '../kernel/access/access.js';
import type { Passwords } from '../users/passwords.js';
import { User } from '../users/user.entity.js';
import { wrongCurrentPassword } from './accounts.errors.js';

/**
 * The caller's account, if he knows its password. Before the transaction: it takes long. Throws wrongCurrentPassword,
 * tooManyAttempts, tooManyPasswords; badCredentials when it was deleted since he was let in.
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

/** The same account, locked, as long as it still has the password that was proven. Throws wrongCurrentPassword, badCredentials. */
export async function lockProven(tx: EntityManager, proven: User): Promise<User> {
  const user = await lockAccount(tx, proven.id);
  if (!user) throw badCredentials();
  if (user.password_hash !== proven.password_hash) throw wrongCurrentPassword();
  return user;
}
