import { ConfigurationError } from '../config/config.js';
import { systemReason } from '../embedded-postgres/system-reason.js';
import { AppError } from '../kernel/errors/app-error.js';
import { causeOf, databaseError } from '../kernel/errors/database-errors.js';
import { OperatorError } from '../config/operator-error.js';
import { UsageError } from './usage-error.js';
import { DeclarationError } from '../kernel/http/declaration-error.js';

/** Errors whose messages are complete: what is wrong, where, and the remedy. */
const WITH_COMPLETE_MESSAGE = [ConfigurationError, OperatorError, DeclarationError, UsageError, AppError];

/** SQLSTATEs for missing privileges, exhausted resources, unsupported features and system errors. */
const REFUSED = /^(42501|28...|53...|0A000|58...)$/;

/** Returns a sentence for an error that a person can fix, and undefined for all others. */
export function sentenceOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (WITH_COMPLETE_MESSAGE.some((kind) => error instanceof kind)) return error.message;
  const { code = '', path } = ((error as { driverError?: unknown }).driverError ?? error) as NodeJS.ErrnoException;
  if (path !== undefined && /^E[A-Z]+$/.test(code)) return `${path} cannot be used: ${systemReason(error)}`;
  if (REFUSED.test(code)) return `The database refuses this: ${causeOf(error)}`;
  return databaseError(error) ? `The database failed: ${causeOf(error)}` : undefined;
}

/** Returns 2 if the command was called incorrectly, otherwise 1. */
export const exitCodeOf = (error: unknown) => (error instanceof UsageError ? 2 : 1);
