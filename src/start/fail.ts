import { ConfigurationError } from '../kernel/config/config.js';
import { OperatorError } from '../kernel/errors/operator-error.js';

/** Ends the process: with a sentence for what the operator can mend, with a stack for what we did wrong. */
export function fail(error: unknown): never {
  const expected = error instanceof ConfigurationError || error instanceof OperatorError;
  console.error(expected ? error.message : error);
  process.exit(1);
}
