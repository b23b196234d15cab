/** A command was called in a way that it refuses. Nothing was done: the exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
