import { openSecret } from './sealed-secret.js';
import { hashOf, isOneTimeCode, plain, stepOf } from './totp.codes.js';
import type { Totp } from './totp.entity.js';

/** From so many wrong codes on, the next one counts only after a while that doubles each time: six digits are guessed else. */
const FREE_FAILURES = 5;
const MAX_DELAY_SECONDS = 900;

/** What a code is worth, and what is to be written down of it. */
export interface Verification {
  readonly passed: boolean;
  readonly changes: Partial<Totp>;
}

/** Judges a code or recovery code by the factor; changes nothing. */
export function verifyCode(totp: Totp, keys: readonly Buffer[], given: string, now: number): Verification {
  const code = plain(given);
  return isOneTimeCode(code) ? oneTime(totp, keys, code, now) : recovery(totp, code);
}

function oneTime(totp: Totp, keys: readonly Buffer[], code: string, now: number): Verification {
  const { user_id, sealed_secret, last_step, failures, failed_at } = totp;
  const secret = openSecret(keys, user_id, sealed_secret);
  const step = secret === undefined ? undefined : stepOf(secret, code, now);
  if (failed_at && now < failed_at.getTime() + delayAfter(failures)) return { passed: false, changes: {} };
  if (step === undefined || step <= last_step)
    return { passed: false, changes: { failures: failures + 1, failed_at: new Date(now) } };
  return { passed: true, changes: { last_step: step, failures: 0, failed_at: null } };
}

/** A recovery code is too long to be guessed: it needs no delay, and helps out of one. */
function recovery({ recovery_hashes }: Totp, code: string): Verification {
  const hash = hashOf(code);
  const left = recovery_hashes.filter((one) => one !== hash);
  if (left.length === recovery_hashes.length) return { passed: false, changes: {} };
  return { passed: true, changes: { recovery_hashes: left, failures: 0, failed_at: null } };
}

function delayAfter(failures: number): number {
  if (failures < FREE_FAILURES) return 0;
  return Math.min(2 ** (failures - FREE_FAILURES), MAX_DELAY_SECONDS) * 1000;
}
