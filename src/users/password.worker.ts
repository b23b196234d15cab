// Runs in a worker thread: a hash takes a processor and 19 MiB for about 50 ms.
import { comparePassword, hashPassword } from './password.js';

/** To hash a new password, or to compare one with what is stored (undefined: nobody's). */
export type PasswordTask =
  | { readonly hash: string }
  | { readonly compare: string; readonly stored: string | undefined; readonly renew: boolean };

export interface PasswordDone {
  /** Whether it is the password. */
  readonly isRight: boolean;
  /** What to store: of a new password, or of a right one to be renewed whose hash is not as new ones are. */
  readonly hash?: string;
}

export default function run(task: PasswordTask): PasswordDone {
  if ('hash' in task) return { isRight: true, hash: hashPassword(task.hash) };
  const { compare, stored, renew } = task;
  const { isRight, isOutdated } = comparePassword(stored, compare);
  return renew && isOutdated ? { isRight, hash: hashPassword(compare) } : { isRight };
}
