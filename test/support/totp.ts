import { Secret, TOTP } from 'otpauth';
import { query } from './database.js';
import { anon, PASSWORD, type Actor } from './world.js';

/** The code that an authenticator app shows at this time. */
export function codeAt(secret: string, ms: number): string {
  return TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: ms });
}

/** Sets up a second factor. As if that were long ago: the code of this moment can be used. */
export async function enrolled(user: Actor, now = Date.now()): Promise<{ secret: string; recovery_codes: string[] }> {
  const begun = await user.post('/auth/totp', { password: PASSWORD });
  if (begun.status !== 201) throw new Error(`No second factor for ${user.email}: ${begun.text}`);
  const { secret } = begun.body as { secret: string };
  const confirmed = await user.post('/auth/totp/confirmation', { code: codeAt(secret, now) });
  if (confirmed.status !== 200) throw new Error(`Not confirmed for ${user.email}: ${confirmed.text}`);
  await query('update totps set last_step = 0 where user_id = $1', [user.id]);
  return { secret, recovery_codes: (confirmed.body as { recovery_codes: string[] }).recovery_codes };
}

/** Signs in with a code, or without one. */
export function signInWith(username: string, otp?: string, at: Actor = anon, password = PASSWORD) {
  const fields = { username, password, ...(otp === undefined ? {} : { otp }) };
  return at.post('/auth/token').type('form').send(fields);
}
