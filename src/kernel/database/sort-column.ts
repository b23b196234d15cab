import type { EntityMetadata } from 'typeorm';

// Columns that lists can be sorted by, and their values in cursors.

/** How values of a column type are represented in cursors. */
interface CursorType {
  /** The name of the PostgreSQL type. */
  readonly name: string;
  /** The SQL expression that the column's index contains, if not the column itself. */
  indexed?(column: string): string;
  serialize(value: unknown): string;
  /** Returns the value for PostgreSQL, or undefined for a text that `serialize` cannot have written. */
  parse(text: string): unknown;
}

/** A column that lists can be sorted by. */
export interface SortColumn {
  readonly type: CursorType;
  /** The SQL expression in the ORDER BY. */
  readonly expression: string;
  readonly isNullable: boolean;
}

const NUMBER: CursorType = { name: 'bigint', serialize: String, parse: (text) => matching(/^-?\d{1,16}$/, text) };

/** B-tree entries are limited in size, so lists are sorted by the first characters of a text. */
const INDEXED_CHARACTERS = 200;
const INDEXED_PREFIX = new RegExp(`^.{0,${INDEXED_CHARACTERS}}`, 'su');

/** Prefixed with `=`, to distinguish the empty text from null. */
const TEXT: CursorType = {
  name: 'text',
  indexed: (column) => `left(${column}, ${INDEXED_CHARACTERS})`,
  serialize: (value) => `=${indexedPrefix(value as string)}`,
  parse: (text) => (text.startsWith('=') ? text.slice(1) : undefined),
};

/** Milliseconds since 1970. */
const TIME: CursorType = {
  name: 'timestamptz',
  serialize: (value) => String((value as Date).getTime()),
  parse: (text) => (/^-?\d{1,14}$/.test(text) ? new Date(Number(text)) : undefined),
};

/** Hex digits without hyphens. Missing digits at the end are zeros. */
const UUID: CursorType = {
  name: 'uuid',
  serialize: (value) => (value as string).replaceAll('-', ''),
  parse: (text) => matching(/^[\da-f]{1,32}$/, text)?.padEnd(32, '0'),
};

const TYPES = new Map<unknown, CursorType>([
  [Number, NUMBER],
  ['integer', NUMBER],
  ['bigint', NUMBER],
  ['text', TEXT],
  ['timestamptz', TIME],
  ['uuid', UUID],
]);

/** Returns how to sort by a property. Throws an Error for a column whose values a cursor cannot represent. */
export function sortColumn(metadata: EntityMetadata, property: string): SortColumn {
  const { tableName } = metadata;
  const column = metadata.findColumnWithPropertyName(property);
  const type = TYPES.get(column?.type);
  if (!column || !type) throw new Error(`${tableName} cannot be sorted by ${JSON.stringify(property)}`);
  if (type === TIME && column.precision !== 3) {
    throw new Error(
      `${tableName}.${property} is more precise than a millisecond, which cursors do not support: use @Timestamp()`,
    );
  }
  return { type, expression: type.indexed?.(property) ?? property, isNullable: column.isNullable };
}

/** Counts code points, as PostgreSQL does. */
const indexedPrefix = (text: string) => INDEXED_PREFIX.exec(text)![0];

const matching = (pattern: RegExp, text: string) => (pattern.test(text) ? text : undefined);
