import { ConfigurationError } from '../kernel/config/config.js';
import { OperatorError } from '../kernel/errors/operator-error.js';
import { DeclarationError } from '../kernel/http/declaration-error.js';

/** What its message says all of: what is wrong, where, and the remedy. */
const TOLD = [ConfigurationError, OperatorError, DeclarationError];

/** Ends the process: with a sentence for each thing that a person can mend, with a stack for what we did wrong. */
export function fail(error: unknown): never {
  const told = TOLD.some((kind) => error instanceof kind);
  console.error(told ? (error as Error).message : error);
  process.exit(1);
}
