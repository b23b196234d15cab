import type { EntityMetadata } from 'typeorm';

/** How values of a type stand in cursors. */
interface SortType {
  /** PostgreSQL's name of it. */
  readonly name: string;
  /** What of a column an index holds. */
  indexed?(column: string): string;
  write(value: unknown): string;
  /** What PostgreSQL is given; undefined for a text that `write` has not written. */
  read(text: string): unknown;
}

/** A column that lists are sorted by. */
export interface SortColumn {
  readonly type: SortType;
  /** What rows are sorted by, in SQL. */
  readonly expression: string;
  readonly isNullable: boolean;
}

const NUMBER: SortType = { name: 'bigint', write: String, read: (text) => matching(/^-?\d{1,16}$/, text) };

/** A B-tree has no room for a long text: lists are sorted by its beginning. */
const INDEXED_CHARACTERS = 200;
const BEGINNING = new RegExp(`^.{0,${INDEXED_CHARACTERS}}`, 'su');

/** Marked, so that the empty text is told from null. */
const TEXT: SortType = {
  name: 'text',
  indexed: (column) => `left(${column}, ${INDEXED_CHARACTERS})`,
  write: (value) => `=${beginningOf(value as string)}`,
  read: (text) => (text.startsWith('=') ? text.slice(1) : undefined),
};

/** To the millisecond. */
const TIME: SortType = {
  name: 'timestamptz',
  write: (value) => String((value as Date).getTime()),
  read: (text) => (/^-?\d{1,14}$/.test(text) ? new Date(Number(text)) : undefined),
};

/** Without hyphens; the end may be missing. */
const UUID: SortType = {
  name: 'uuid',
  write: (value) => (value as string).replaceAll('-', ''),
  read: (text) => matching(/^[\da-f]{1,32}$/, text)?.padEnd(32, '0'),
};

const TYPES = new Map<unknown, SortType>([
  [Number, NUMBER],
  ['integer', NUMBER],
  ['bigint', NUMBER],
  ['text', TEXT],
  ['timestamptz', TIME],
  ['uuid', UUID],
]);

/** Throws a programmer's Error for a column that no cursor can tell. */
export function sortColumn(metadata: EntityMetadata, property: string): SortColumn {
  const { tableName } = metadata;
  const column = metadata.findColumnWithPropertyName(property);
  const type = TYPES.get(column?.type);
  if (!column || !type) throw new Error(`${tableName} cannot be sorted by ${JSON.stringify(property)}`);
  if (type === TIME && column.precision !== 3) {
    throw new Error(`${tableName}.${property} is finer than a millisecond, which no cursor tells: use @Timestamp()`);
  }
  return { type, expression: type.indexed?.(property) ?? property, isNullable: column.isNullable };
}

/** In code points, as PostgreSQL counts. */
const beginningOf = (text: string) => BEGINNING.exec(text)![0];

const matching = (pattern: RegExp, text: string) => (pattern.test(text) ? text : undefined);
