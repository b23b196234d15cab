import { audit } from '../audit/audit.js';
import { withDataSource } from '../kernel/database/migrate.js';
import { transaction } from '../kernel/database/transaction.js';
import { UserRole } from '../kernel/access/access.js';
import { ValidationFailed } from '../kernel/errors/validation-failed.js';
import { validate } from '../kernel/validation/validate.js';
import { randomPassword } from '../seed/demo-data.js';
import { PasswordRules } from '../users/password-rules.js';
import { hashPassword } from '../users/password.js';
import { UserCreate } from '../users/users.dto.js';
import { insertUser } from '../users/users.service.js';
import { readSecret } from './read-secret.js';
import { run } from './run.js';

await run('npm run admin -- create EMAIL', 2, async (config, [verb, email]) => {
  if (verb !== 'create') throw new Error('Usage: npm run admin -- create EMAIL');
  const typed = await readSecret('Password (leave empty for a random one): ');
  const { password, ...account } = validateAccount({
    email,
    name: 'Admin',
    role: UserRole.admin,
    password: typed || randomPassword(),
  });
  await new PasswordRules(config).check(password, account, ['password']);
  const password_hash = hashPassword(password);
  await withDataSource(config, ({ manager }) =>
    transaction(manager, async (tx) => {
      const { id } = await insertUser(tx, { ...account, password_hash });
      await audit(tx, {
        actor_id: null,
        action: 'user.created',
        subject: `users/${id}`,
        details: { role: UserRole.admin },
      });
    }),
  );
  return `Created the admin ${account.email}${typed ? '' : ` with the password ${password}`}`;
});

function validateAccount(account: object): UserCreate {
  try {
    return validate(UserCreate, account);
  } catch (error) {
    if (!(error instanceof ValidationFailed)) throw error;
    throw new Error(error.errors.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('\n'), { cause: error });
  }
}
