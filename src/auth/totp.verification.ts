import { openSecret } from './sealed-secret.js';
import { hashRecoveryCode, isOneTimeCode, normalizeCode, matchingTimeStep } from './totp.codes.js';
import type { Totp } from './totp.entity.js';

// Verification of TOTP and recovery codes, with a delay after wrong codes.

/**
 * After this many wrong codes a delay applies, which doubles with each further one. Without it, six digits could be
 * guessed.
 */
const FREE_FAILURES = 5;
const MAX_DELAY_SECONDS = 900;

/** The result of a verification, and the changes to store. */
export interface Verification {
  readonly passed: boolean;
  readonly changes: Partial<Totp>;
}

/** Verifies a code or recovery code against a second factor. Writes nothing. `now` is in milliseconds since 1970. */
export function verifyCode(totp: Totp, keys: readonly Buffer[], given: string, now: number): Verification {
  const code = normalizeCode(given);
  return isOneTimeCode(code) ? verifyOneTimeCode(totp, keys, code, now) : verifyRecoveryCode(totp, code);
}

function verifyOneTimeCode(totp: Totp, keys: readonly Buffer[], code: string, now: number): Verification {
  const { user_id, sealed_secret, last_step, failures, failed_at } = totp;
  const secret = openSecret(keys, user_id, sealed_secret);
  const step = secret === undefined ? undefined : matchingTimeStep(secret, code, now);
  if (failed_at && now < failed_at.getTime() + delayAfter(failures)) return { passed: false, changes: {} };
  if (step === undefined || step <= last_step)
    return { passed: false, changes: { failures: failures + 1, failed_at: new Date(now) } };
  return { passed: true, changes: { last_step: step, failures: 0, failed_at: null } };
}

/**
 * Verifies a recovery code. These codes are too long to guess, so the delay does not apply to them. A valid one ends
 * it.
 */
function verifyRecoveryCode({ recovery_hashes }: Totp, code: string): Verification {
  const hash = hashRecoveryCode(code);
  const left = recovery_hashes.filter((one) => one !== hash);
  if (left.length === recovery_hashes.length) return { passed: false, changes: {} };
  return { passed: true, changes: { recovery_hashes: left, failures: 0, failed_at: null } };
}

function delayAfter(failures: number): number {
  if (failures < FREE_FAILURES) return 0;
  return Math.min(2 ** (failures - FREE_FAILURES), MAX_DELAY_SECONDS) * 1000;
}
