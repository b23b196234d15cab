import { audit } from '../audit/audit.js';
import { requireSchema, withDataSource } from '../kernel/database/migrate.js';
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

const USAGE = {
  call: 'npm run admin -- create EMAIL',
  about: 'Makes an admin. Asks for the password; where nobody answers, it makes a random one.',
  positionals: ['create', 'EMAIL'],
} as const;

await run(USAGE, async (config, { positionals: [, email] }) => {
  await requireSchema(config);
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
