import type { SeedRow } from '../kernel/database/seed.js';
import { referencesOf, type SeedData, type Seeds } from './seeds.js';

/**
 * Returns the conflicts between rows that are each valid but that the database would refuse together, as a message with
 * the place for each: duplicate unique values, and references to missing rows.
 */
export function contradictions(data: SeedData, seeds: Seeds): string[] {
  return Object.entries(data).flatMap(([table, rows]) => {
    const { metadata } = seeds.get(table)!;
    const keys = metadata.uniques.filter(({ columns }) => columns.length === 1).map(({ columns }) => columns[0]!);
    const unique = ['id', ...keys.map(({ propertyName }) => propertyName)];
    const twice = unique.flatMap((field) => repeated(table, field, rows));
    return twice.concat(
      referencesOf(metadata, seeds).flatMap(([field, target]) => dangling(table, field, rows, target, data)),
    );
  });
}

const valueOf = (row: SeedRow, field: string): unknown => Reflect.get(row, field);

function repeated(table: string, field: string, rows: readonly SeedRow[]): string[] {
  const seen = new Map<unknown, number>();
  return rows.flatMap((row, at) => {
    const value = valueOf(row, field);
    const first = seen.get(value);
    if (first !== undefined)
      return [`${table}.${at}.${field}: ${JSON.stringify(value)} is already used by ${table}.${first}`];
    if (value != null) seen.set(value, at);
    return [];
  });
}

/** Returns the references to rows that are not in the file. null is not a reference. */
function dangling(table: string, field: string, rows: readonly SeedRow[], target: string, data: SeedData): string[] {
  const there = new Set<unknown>(data[target]!.map(({ id }) => id));
  return rows.flatMap((row, at) => {
    const value = valueOf(row, field);
    return value == null || there.has(value)
      ? []
      : [`${table}.${at}.${field}: ${target} has no row with the id ${JSON.stringify(value)}`];
  });
}
