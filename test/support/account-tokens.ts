import { createHash, randomBytes } from 'node:crypto';
import { query } from './database.js';
import { eventually } from './factories.js';
import { readMailsTo, type ReadMail } from './mail.js';

/** Stores a token of an account and returns it as a mail would carry it. Sends no mail. */
export async function anAccountToken(user_id: number, purpose: string, email?: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const hash = createHash('sha256').update(token).digest('base64url');
  await query(
    `insert into account_tokens (user_id, purpose, email, token_hash, created_at, expires_at)
     select id, $2, coalesce($3, email), $4, now(), now() + interval '10 minutes' from users where id = $1
     on conflict (user_id, purpose) do update set token_hash = excluded.token_hash, email = excluded.email, used_at = null`,
    [user_id, purpose, email ?? null, hash],
  );
  return token;
}

/** Returns the token that a mail shows on its own line or has in a link. */
export const tokenIn = ({ text }: ReadMail): string | undefined =>
  /^ {4}([\w-]{43})$/m.exec(text)?.[1] ?? /#token=([\w-]{43})$/m.exec(text)?.[1];

/** Returns all tokens that were mailed to an address under a subject, oldest first. */
export async function mailedTokens(email: string, subject: string): Promise<string[]> {
  const mails = (await readMailsTo(email)) ?? [];
  return mails.filter(({ headers }) => headers['subject'] === subject).flatMap((mail) => tokenIn(mail) ?? []);
}

/** Waits until `count` such tokens were mailed, and returns the last of them. */
export const mailedToken = (email: string, subject: string, count = 1): Promise<string> =>
  eventually(async () => (await mailedTokens(email, subject))[count - 1]);

/** Backdates the account's tokens by one minute, as if the last mail were that old. */
export async function aMinuteLater(user_id: number): Promise<void> {
  await query(`update account_tokens set created_at = created_at - interval '1 minute' where user_id = $1`, [user_id]);
}
