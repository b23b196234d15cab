import { Secret, TOTP } from 'otpauth';
import { query } from './database.js';
import { anon, PASSWORD, type Actor } from './world.js';

/** Returns the code that an authenticator app shows at this time. */
export function codeAt(secret: string, ms: number): string {
  return TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: ms });
}

/** Starts the setup of a second factor. Returns its secret. */
export async function begun(user: Actor): Promise<string> {
  const { status, body, text } = await user.post('/auth/totp', { password: PASSWORD });
  if (status !== 201) throw new Error(`No second factor for ${user.email}: ${text}`);
  return (body as { secret: string }).secret;
}

/** Sets up a second factor. Clears its last used step, so that the code of this moment can be used. */
export async function enrolled(user: Actor, now = Date.now()): Promise<{ secret: string; recovery_codes: string[] }> {
  const secret = await begun(user);
  const confirmed = await user.post('/auth/totp/confirmation', { code: codeAt(secret, now) });
  if (confirmed.status !== 200)
    throw new Error(`The second factor of ${user.email} was not confirmed: ${confirmed.text}`);
  await query('update totps set last_step = 0 where user_id = $1', [user.id]);
  return { secret, recovery_codes: (confirmed.body as { recovery_codes: string[] }).recovery_codes };
}

/** Signs in with a code, or without one. */
export function signInWith(username: string, otp?: string, at: Actor = anon, password = PASSWORD) {
  const fields = { username, password, ...(otp === undefined ? {} : { otp }) };
  return at.post('/auth/token').type('form').send(fields);
}
