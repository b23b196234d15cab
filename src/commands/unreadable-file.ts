import { OperatorError } from '../kernel/errors/operator-error.js';

/** Returns the error for a file that cannot be read. */
export function unreadableFile(file: string, error: unknown): OperatorError {
  return new OperatorError(`The file ${file} cannot be read: ${(error as Error).message}`, { cause: error });
}
