import { isDeepStrictEqual } from 'node:util';

/** What an event tells of a change, as details. */
export interface Difference {
  /** The names of all fields that change. */
  readonly fields: readonly string[];
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}

/**
 * What changes of a row. Values are told of the fields named here alone: of the others, secrets among them, only that
 * they change.
 */
export function difference<T extends object>(
  row: T,
  changes: Partial<NoInfer<T>>,
  shownFields: readonly (keyof T)[],
): Difference {
  const given = Object.keys(changes) as (keyof T & string)[];
  const fields = given.filter((name) => !isDeepStrictEqual(row[name], changes[name]));
  const shown = shownFields.filter((name) => fields.includes(name as keyof T & string));
  return { fields, before: pick(row, shown), after: pick<Partial<T>>(changes, shown) };
}

/** These fields of a row: what there was before a deletion, or is after it was made. */
export function pick<T extends object>(row: T, names: readonly (keyof T)[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, row[name]]));
}
