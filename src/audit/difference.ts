import { isDeepStrictEqual } from 'node:util';

/** The details of a change in an audit event. */
export interface Difference {
  /** The names of all fields that change. */
  readonly fields: readonly string[];
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}

/**
 * Returns the changed fields of a row. Values are included for `shownFields` only. Other fields can be secret, so only
 * their names are included.
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

/** Returns these fields of a row, for the event of its creation or deletion. */
export function pick<T extends object>(row: T, names: readonly (keyof T)[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, row[name]]));
}
