import { hashSync, verifySync, type Options } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';
import { passwordForm } from './password-form.js';

/** OWASP's minimum for argon2id (the package's default algorithm): 19 MiB, 2 passes, 1 lane; ASVS 5.0 appendix C. */
const PARAMETERS: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 };
const CURRENT = '$argon2id$v=19$m=19456,t=2,p=1$';

/** What verifying costs at most: a hash that somebody has planted must not take the machine. */
const MAX = { memoryKiB: 1024 * 1024, passes: 10, lanes: 16 };

/** A PHC string of argon2: parameters, salt, hash. */
const PHC =
  /^\$argon2(?:id|i|d)\$v=19\$m=(\d{1,8}),t=(\d{1,3}),p=(\d{1,3})\$[A-Za-z\d+/]{11,86}\$[A-Za-z\d+/]{16,172}$/;

const base64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');

/** A hash of no password: whoever has it signs in when he has set one (`/auth/password/forgot`). */
export const hashOfNone = () => `${CURRENT}${base64(randomBytes(16))}$${base64(randomBytes(32))}`;

/** Nobody's hash, of no password: with the current parameters, so that it takes as long as anybody's. */
const NOBODYS = hashOfNone();

/** The password as an argon2id PHC string with a salt of its own. Keeps the thread for about 50 ms. */
export function hashPassword(password: string): string {
  return hashSync(passwordForm(password), PARAMETERS);
}

/** What comparing a password with a stored hash has found. */
export interface Comparison {
  readonly isRight: boolean;
  /** The hash was made with other parameters than new ones are, or of the password as it was typed. */
  readonly isOutdated: boolean;
}

/**
 * Whether it is the password, in any spelling; hashes of before there was a form are of the text as it was typed. Without an
 * account, or with a hash that is none or costs too much, the same work is done as for a wrong one, so that the time tells
 * nothing.
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
    return false; // parameters that contradict each other
  }
}

function isAffordable(stored: string): boolean {
  const [memoryKiB, passes, lanes] = PHC.exec(stored)?.slice(1).map(Number) ?? [];
  return memoryKiB! <= MAX.memoryKiB && passes! <= MAX.passes && lanes! <= MAX.lanes;
}
