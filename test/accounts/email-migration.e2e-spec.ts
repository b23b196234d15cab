import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ownDatabase } from '../support/own-database.js';

const PROGRAM = join(import.meta.dirname, '../support/schema.mjs');

/** Addresses before and after the migration. Those that it reports stay the same. */
const ROWS: readonly [before: string, after: string][] = [
  ['ann+x@example.com', 'ann+x@example.com'],
  ['jose\u0301@example.com', 'josé@example.com'],
  ['bob@xn--mnchen-3ya.example', 'bob@münchen.example'],
  ['bob@mu\u0308nchen.example', 'bob@mu\u0308nchen.example'], // the migrated previous row already has this form
  ['zoë@example.com', 'zoë@example.com'],
  ['zoe\u0308@example.com', 'zoe\u0308@example.com'],
  ['user@example.com', 'user@example.com'],
  ['user@example.com\u200b', 'user@example.com\u200b'],
  ['"a\r\nbcc: v@evil.example"@example.com', '"a\r\nbcc: v@evil.example"@example.com'],
  ['"e>"@example.com', '"e>"@example.com'],
  ['ａ@example.com', 'ａ@example.com'],
  ['a@bücher.example', 'a@bücher.example'],
];

const event = (id: number, action: string, details: object) => ({ subject: `users/${id}`, action, details });

it('the migration normalizes stored addresses, merges no accounts and reports the addresses that it keeps', async () => {
  const database = await ownDatabase();
  await database.query(`delete from migrations where name like 'EmailAddresses%'`);
  for (const [i, [email]] of ROWS.entries()) {
    const made = `insert into users (id, email, name, password_hash) overriding system value values ($1, $2, 'Ann', 'x')`;
    await database.query(made, [i + 1, email]);
    const token = `insert into account_tokens (user_id, purpose, email, token_hash, created_at, expires_at)
      values ($1, 'email_change', $2, $3, now(), now() + interval '1 day')`;
    await database.query(token, [i + 1, email, String(i)]);
  }
  const { stderr } = await promisify(execFile)(process.execPath, [PROGRAM, database.url, 'migrate']);
  const stored = await database.query<{ email: string }>('select email from users order by id');
  expect(stored.map(({ email }) => email)).toEqual(ROWS.map(([, after]) => after));

  const told = await database.query('select subject, action, details from audit_events order by id');
  const kept = (id: number, problem: string) => event(id, 'user.email_kept', { email: ROWS[id - 1]![0], problem });
  const moved = (id: number) => {
    const [before, after] = ROWS[id - 1]!;
    return event(id, 'user.email_changed', { before: { email: before }, after: { email: after } });
  };
  const invalid = 'not a valid address';
  expect(told).toEqual([
    moved(2),
    moved(3),
    kept(4, 'the same mailbox as users/3'),
    kept(6, 'the same mailbox as users/5'),
    ...[8, 9, 10, 11].map((id) => kept(id, invalid)),
  ]);
  expect(stderr).toContain(
    'Accounts whose e-mail address an admin has to look at: users/4 (the same mailbox as users/3)',
  );
  expect(stderr).not.toContain('users/2 ');

  const tokens = await database.query<{ email: string; good: boolean }>(
    'select email, used_at is null as good from account_tokens order by user_id',
  );
  expect(tokens.filter(({ good }) => !good).map(({ email }) => email)).toEqual(
    ROWS.slice(7, 11).map(([email]) => email),
  );
  expect(tokens[1]!.email).toBe('josé@example.com');
  const again = await promisify(execFile)(process.execPath, [PROGRAM, database.url, 'migrate']);
  expect(again.stdout.trim()).toBe('[[]]');
});
