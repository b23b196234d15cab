// Runs in a worker thread, since hashing takes a CPU core and 19 MiB for about 50 ms.
import { comparePassword, hashPassword } from './password.js';

/**
 * Hashes a new password, or compares one with the stored hash (undefined: no account). `renew`: replace an outdated
 * hash.
 */
export type PasswordTask =
  | { readonly hash: string }
  | { readonly compare: string; readonly stored: string | undefined; readonly renew: boolean };

export interface PasswordDone {
  /** Whether the password is correct. */
  readonly isRight: boolean;
  /** The hash to store: of a new password, or of a correct one whose stored hash is outdated. */
  readonly hash?: string;
}

export default function run(task: PasswordTask): PasswordDone {
  if ('hash' in task) return { isRight: true, hash: hashPassword(task.hash) };
  const { compare, stored, renew } = task;
  const { isRight, isOutdated } = comparePassword(stored, compare);
  return renew && isOutdated ? { isRight, hash: hashPassword(compare) } : { isRight };
}
