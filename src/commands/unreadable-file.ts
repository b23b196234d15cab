import { systemReason } from '../embedded-postgres/system-reason.js';
import { OperatorError } from '../config/operator-error.js';

/** Returns the error for a file that cannot be read. */
export function unreadableFile(file: string, error: unknown): OperatorError {
  return new OperatorError(`The file ${file} cannot be read: ${systemReason(error)}`, { cause: error });
}
