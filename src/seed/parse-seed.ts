import { Type as TypeOf } from 'class-transformer';
import { ArrayMaxSize, IsArray, ValidateNested } from 'class-validator';
import type { SeedRow } from '../kernel/database/seed.js';
import { OperatorError } from '../config/operator-error.js';
import { ValidationFailed } from '../kernel/errors/validation-failed.js';
import type { Type } from '../kernel/validation/model-metadata.js';
import { validate } from '../kernel/validation/validate.js';
import { contradictions } from './contradictions.js';
import type { SeedData, Seeds } from './seeds.js';

const SHOWN = 20;
const MANY = 5_000_000;

/** Returns the rows of a seed file. Throws an OperatorError that names the place of each mistake, for the first 20. */
export function parseSeed(bytes: Uint8Array, seeds: Seeds): SeedData {
  const rows = parse(bytes);
  const unknown = unknownTables(rows, seeds);
  if (unknown.length > 0) throw refused(unknown);
  const data = validateSeed(rows, seeds);
  const mistakes = contradictions(data, seeds);
  if (mistakes.length > 0) throw refused(mistakes);
  return data;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new OperatorError(`The file is not JSON in UTF-8: ${(error as Error).message}`, { cause: error });
  }
}

/** Tables that are not in the file are emptied, so a misspelled name would delete rows without loading any. */
function unknownTables(rows: unknown, seeds: Seeds): string[] {
  const names = [...seeds.keys()].toSorted();
  const given = typeof rows === 'object' && !Array.isArray(rows) ? Object.keys(rows ?? {}) : [];
  return given
    .filter((name) => !seeds.has(name))
    .map((name) => `${name}: there is no such table, only ${names.join(', ')}`);
}

function validateSeed(rows: unknown, seeds: Seeds): SeedData {
  try {
    return validate(fileOf(rows, seeds), rows);
  } catch (error) {
    if (!(error instanceof ValidationFailed)) throw error;
    throw refused(error.errors.map(({ loc, msg }) => `${['file', ...loc].join('.').replace('file.', '')}: ${msg}`));
  }
}

/**
 * Returns the class that validates a seed file. Its tables are in the order of `given`, so that mistakes are reported
 * in that order.
 */
export function fileOf(given: unknown, seeds: Seeds): Type<Record<string, SeedRow[]>> {
  class SeedFile {
    [table: string]: SeedRow[];

    constructor() {
      for (const table of tables) this[table] = [];
    }
  }
  const named = Object.keys(given ?? {}).filter((table) => seeds.has(table));
  const tables = new Set([...named, ...seeds.keys()]);
  for (const table of tables) {
    const { row } = seeds.get(table)!;
    const rules = [IsArray(), ArrayMaxSize(MANY), ValidateNested({ each: true }), TypeOf(() => row)];
    for (const rule of rules) rule(SeedFile.prototype, table);
  }
  return SeedFile;
}

/** Returns the error for a file with mistakes. */
export function refused(mistakes: readonly string[]): OperatorError {
  const lines = mistakes.slice(0, SHOWN).map((mistake) => `  ${mistake}`);
  if (mistakes.length > SHOWN) lines.push(`  … and ${mistakes.length - SHOWN} more`);
  return new OperatorError(
    `The file has ${mistakes.length} error${mistakes.length === 1 ? '' : 's'}:\n${lines.join('\n')}`,
  );
}
