import type { MigrationInterface, QueryRunner } from 'typeorm';
import { emailAddress } from '../src/kernel/validation/email-address.js';

/**
 * Converts addresses to the normalized form that new ones have. If another account already has that form, or the
 * address is invalid by today's rules, the row stays unchanged and is reported in the audit trail and as a warning.
 * Accounts are never merged.
 */
export class EmailAddresses1795741200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const kept: string[] = [];
    for (const account of (await runner.query(ODD('users'))) as Account[]) {
      const problem = await move(runner, account);
      if (problem !== undefined) kept.push(`users/${account.id} (${problem})`);
    }
    for (const { email } of (await runner.query(ODD('account_tokens'))) as Account[]) {
      const address = emailAddress(email);
      if ('reason' in address) await runner.query(VOID, [email]);
      else await runner.query('update account_tokens set email = $2 where email = $1', [email, address.email]);
    }
    if (kept.length > 0)
      process.emitWarning(`Accounts whose e-mail address an admin has to look at: ${kept.join(', ')}`);
  }

  /** Does nothing: the original form is not known. */
  async down(): Promise<void> {}
}

interface Account {
  readonly id: number;
  readonly email: string;
}

/** Selects the addresses that may not be normalized. */
const ODD = (table: string) => `
  select ${table === 'users' ? 'id' : 'distinct 0 as id'}, email from ${table}
  where email collate "C" !~ '^[a-z0-9.!#$%&''*+/=?^_\`{|}~-]+@[a-z0-9.-]+$' or email like '%xn--%' order by 1`;

const MOVE = `
  update users set email = $2 where id = $1 and email <> $2 and not exists (select from users where email = $2)
  returning id`;
/** Invalidates the tokens of an invalid address, since their mails reached no one. */
const VOID = 'update account_tokens set used_at = now() where email = $1 and used_at is null';
const TELL = 'insert into audit_events (action, subject, details) values ($1, $2, $3)';

/** Normalizes the address of an account. Returns the problem if that is not possible. */
async function move(runner: QueryRunner, { id, email }: Account): Promise<string | undefined> {
  const address = emailAddress(email);
  const to = 'email' in address ? address.email : undefined;
  if (to === email) return undefined;
  const moved = to !== undefined && ((await runner.query(MOVE, [id, to])) as [unknown[], number])[1] > 0;
  if (moved) {
    const details = { before: { email }, after: { email: to } };
    await runner.query(TELL, ['user.email_changed', `users/${id}`, JSON.stringify(details)]);
    return undefined;
  }
  const [other] = (await runner.query('select id from users where email = $1', [to])) as Account[];
  const problem = other ? `the same mailbox as users/${other.id}` : 'not a valid address';
  await runner.query(TELL, ['user.email_kept', `users/${id}`, JSON.stringify({ email, problem })]);
  return problem;
}
