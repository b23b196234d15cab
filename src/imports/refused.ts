import { ValidationFailed, valueError, type FieldError } from '../kernel/errors/validation-failed.js';

/** Returns the error of a row as a whole. */
export const problem = (message: string, line: number): FieldError => valueError(['body', line], message, null);

/** Returns the error of a file. */
export const refused = (message: string, line: number) => new ValidationFailed([problem(message, line)]);
