import { ValidationFailed } from '../kernel/validation/errors.js';
import { validate } from '../kernel/validation/validate.js';
import { SeedFile } from './rows.js';

const SHOWN = 10;

/** The rows of a seed file. Throws an Error that names the first of its mistakes. */
export function parseSeed(bytes: Uint8Array): SeedFile {
  const rows: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  try {
    return validate(SeedFile, rows);
  } catch (error) {
    if (!(error instanceof ValidationFailed)) throw error;
    const lines = error.errors.slice(0, SHOWN).map(({ loc, msg }) => `  ${loc.join('.')}: ${msg}`);
    throw new Error(`The file has ${error.errors.length} mistake(s):\n${lines.join('\n')}`, { cause: error });
  }
}
