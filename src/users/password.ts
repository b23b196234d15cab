import { hashSync, verifySync, type Options } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';
import { passwordForm } from './password-form.js';

/** OWASP's minimum for argon2id (the package's default algorithm): 19 MiB, 2 passes, 1 lane; ASVS 5.0 appendix C. */
const PARAMETERS: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 };
const CURRENT = '$argon2id$v=19$m=19456,t=2,p=1$';

/** The maximum cost of a verification. A manipulated hash in the database must not exhaust the machine. */
const MAX = { memoryKiB: 1024 * 1024, passes: 10, lanes: 16 };

/** A PHC string of argon2: parameters, salt, hash. */
const PHC =
  /^\$argon2(?:id|i|d)\$v=19\$m=(\d{1,8}),t=(\d{1,3}),p=(\d{1,3})\$[A-Za-z\d+/]{11,86}\$[A-Za-z\d+/]{16,172}$/;

const base64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');

/** Creates a hash that matches no password. The user can sign in after setting a password (`/auth/password/forgot`). */
export const hashOfNone = () => `${CURRENT}${base64(randomBytes(16))}$${base64(randomBytes(32))}`;

/**
 * A hash that matches no password, for accounts that do not exist. It has the current parameters, so that comparing
 * takes the same time as with a real one.
 */
const NOBODYS = hashOfNone();

/** Returns the argon2id hash of a password as a PHC string, with a random salt. Blocks the thread for about 50 ms. */
export function hashPassword(password: string): string {
  return hashSync(passwordForm(password), PARAMETERS);
}

/** The result of comparing a password with a stored hash. */
export interface Comparison {
  readonly isRight: boolean;
  /** The hash has outdated parameters, or is of the password as typed, without normalization. */
  readonly isOutdated: boolean;
}

/**
 * Compares a password, in any spelling, with a stored hash. Hashes of earlier releases are of the password as typed,
 * without normalization. Without an account, or with a malformed or too expensive hash, the same work is done as for a
 * wrong password, so that the time reveals nothing.
 */
export function comparePassword(stored: string | undefined, password: string): Comparison {
  const form = passwordForm(password);
  if (verify(stored, form)) return { isRight: true, isOutdated: !stored!.startsWith(CURRENT) };
  const isRight = form !== password && verify(stored, password);
  return { isRight, isOutdated: isRight };
}

function verify(stored: string | undefined, text: string): boolean {
  const hash = stored !== undefined && isAffordable(stored) ? stored : NOBODYS;
  try {
    return verifySync(hash, text) && hash === stored;
  } catch {
    return false; // the parameters contradict each other
  }
}

function isAffordable(stored: string): boolean {
  const [memoryKiB, passes, lanes] = PHC.exec(stored)?.slice(1).map(Number) ?? [];
  return memoryKiB! <= MAX.memoryKiB && passes! <= MAX.passes && lanes! <= MAX.lanes;
}
