import { PickType } from '@nestjs/swagger';
import type { EntityManager } from 'typeorm';
import * as admins from '../accounts/admins.js';
import { PasswordChangedMail } from '../accounts/accounts.jobs.js';
import { withQueue } from '../jobs/with-queue.js';
import type { Config } from '../config/config.js';
import { withMigratedDatabase } from '../database-setup/migrate.js';
import { UserRole } from '../kernel/access/access.js';
import { AppError } from '../kernel/errors/app-error.js';
import { OperatorError } from '../config/operator-error.js';
import { UsageError } from '../start/usage-error.js';
import { ValidationFailed } from '../kernel/errors/validation-failed.js';
import { validate } from '../kernel/validation/validate.js';
import { randomPassword } from '../seed/demo-data.js';
import { PasswordRules, type PasswordOwner } from '../users/password-rules.js';
import { hashPassword } from '../users/password.js';
import { UserBase, UserCreate } from '../users/users.dto.js';
import { onDatabase } from './on-database.js';
import { ask, isInteractive } from './prompt.js';

/** Without the address: an old account may have one that is not valid today. */
class NewPassword extends PickType(UserCreate, ['password']) {}

export function listAdmins(): Promise<void> {
  return onAccounts(async (db) => {
    const found = await admins.findAdmins(db);
    if (found.length === 0) return 'There are no admins: create one with "npm run admin -- create EMAIL"';
    const width = Math.max(...found.map(({ email }) => email.length));
    return found
      .map(
        ({ id, email, is_active }) =>
          `${String(id).padStart(5)}  ${email.padEnd(width)}  ${is_active ? 'active' : 'disabled'}`,
      )
      .join('\n');
  });
}

export function createAdmin(given: string): Promise<void> {
  const account = withUserError(
    () => validate(UserBase, { email: given, name: 'Admin', role: UserRole.admin }),
    UsageError,
  );
  return onAccounts(async (db, config) => {
    const { password, note } = await choosePassword(config, account);
    try {
      await admins.createAdmin(db, { ...account, password_hash: hashPassword(password) });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      throw new OperatorError(`${account.email} already has an account: promote it, or choose another address`, {
        cause: error,
      });
    }
    return `Created the admin ${account.email}${note}`;
  });
}

export function promote(email: string): Promise<void> {
  return changeRole(email, UserRole.admin);
}

export function demote(email: string): Promise<void> {
  return changeRole(email, UserRole.user);
}

export function setPassword(given: string): Promise<void> {
  return onAccounts(async (db, config) => {
    const account = await admins.findAccount(db, given);
    const { password, note } = await choosePassword(config, account);
    await withQueue(config, db, [PasswordChangedMail], (jobs) =>
      admins.setPassword(db, jobs, account, hashPassword(password)),
    );
    const state = account.is_active ? '' : '; the account is disabled';
    return `${account.email} has a new password${note}. Its sessions ended, its access tokens are deleted${state}`;
  });
}

function changeRole(given: string, role: UserRole): Promise<void> {
  return onAccounts(async (db) => {
    const account = await admins.findAccount(db, given);
    const hasChanged = await admins.changeRole(db, account, role);
    const now = role === UserRole.admin ? 'an admin' : 'a user';
    const state = account.is_active ? '' : ', and disabled';
    return `${account.email} is ${hasChanged ? 'now' : 'already'} ${now}${state}`;
  });
}

function onAccounts(work: (db: EntityManager, config: Config) => Promise<string>): Promise<void> {
  return onDatabase((config) => withMigratedDatabase(config, ({ manager }) => work(manager, config)));
}

/**
 * Returns the typed password, or a random one with a note that contains it. Throws an OperatorError if the rules refuse
 * it.
 */
async function choosePassword(config: Config, owner: PasswordOwner): Promise<{ password: string; note: string }> {
  const typed = isInteractive() ? await ask('Password (leave empty for a random one): ', { hidden: true }) : '';
  const password = typed || randomPassword(config.values.PASSWORD_MIN_LENGTH);
  withUserError(() => validate(NewPassword, { password }), OperatorError);
  try {
    await new PasswordRules(config).check(password, owner, ['password']);
  } catch (error) {
    throw toUserError(error, OperatorError);
  }
  return { password, note: typed ? '' : `, with the password ${password}` };
}

function withUserError<T>(work: () => T, kind: typeof OperatorError | typeof UsageError): T {
  try {
    return work();
  } catch (error) {
    throw toUserError(error, kind);
  }
}

function toUserError(error: unknown, kind: typeof OperatorError | typeof UsageError): unknown {
  if (!(error instanceof ValidationFailed)) return error;
  return new kind(error.errors.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('\n'), { cause: error });
}
