import { OperatorError } from '../kernel/errors/operator-error.js';
import { ValidationFailed } from '../kernel/errors/validation-failed.js';
import { validate } from '../kernel/validation/validate.js';
import { contradictions } from './contradictions.js';
import { SeedFile } from './rows.js';

const SHOWN = 20;

/** The rows of a seed file. Throws an OperatorError that names the place of each of its mistakes, of many the first. */
export function parseSeed(bytes: Uint8Array): SeedFile {
  const rows = judge(parse(bytes));
  const mistakes = contradictions(rows);
  if (mistakes.length > 0) throw refused(mistakes);
  return rows;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new OperatorError(`The file is not JSON in UTF-8: ${(error as Error).message}`, { cause: error });
  }
}

function judge(rows: unknown): SeedFile {
  try {
    return validate(SeedFile, rows);
  } catch (error) {
    if (!(error instanceof ValidationFailed)) throw error;
    throw refused(error.errors.map(({ loc, msg }) => `${['file', ...loc].join('.').replace('file.', '')}: ${msg}`));
  }
}

/** What the operator is told of a file with mistakes. */
export function refused(mistakes: readonly string[]): OperatorError {
  const lines = mistakes.slice(0, SHOWN).map((mistake) => `  ${mistake}`);
  if (mistakes.length > SHOWN) lines.push(`  … and ${mistakes.length - SHOWN} more`);
  return new OperatorError(`The file has ${mistakes.length} mistake(s):\n${lines.join('\n')}`);
}
