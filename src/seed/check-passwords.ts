import type { Config } from '../config/config.js';
import { ValidationFailed } from '../kernel/errors/validation-failed.js';
import { PasswordRules } from '../users/password-rules.js';
import type { UserRow } from '../users/users.seed.js';
import { refused } from './parse-seed.js';
import type { SeedData } from './seeds.js';

/** Throws an OperatorError that names the rows whose passwords violate the rules for new passwords. */
export async function checkPasswords(data: SeedData, config: Config): Promise<void> {
  const rules = new PasswordRules(config);
  const users = data['users'] as UserRow[];
  const mistakes: string[] = [];
  for (const [i, { password, ...owner }] of users.entries()) {
    try {
      await rules.check(password, owner, ['users', i, 'password']);
    } catch (error) {
      if (!(error instanceof ValidationFailed)) throw error;
      mistakes.push(error.message);
    }
  }
  if (mistakes.length > 0) throw refused(mistakes);
}
