import type { Direction } from './compiled-query.js';

// Keyset pagination: the WHERE condition for the rows after a cursor.

/** A column of the ORDER BY with its direction, and its value in the row after which the page begins. */
export interface KeysetBound {
  readonly column: string;
  readonly direction: Direction;
  readonly isNullable: boolean;
  /** The name of the column's PostgreSQL type. */
  readonly type: string;
  readonly value: unknown;
}

/**
 * The condition of keyset pagination: rows that come after the row whose values are the parameters `edge0`, `edge1`, ….
 * Null is the greatest value, as in PostgreSQL's default order. If all columns have the same direction and none is
 * nullable, it is a single row comparison, which an index can seek to.
 */
export function keysetCondition(bounds: readonly KeysetBound[]): string {
  const [{ column, direction, isNullable, value }] = bounds as readonly [KeysetBound, ...KeysetBound[]];
  const isRowComparison = bounds.every((bound) => bound.direction === direction && !bound.isNullable);
  const placeholders = bounds.map(placeholderOf);
  if (isRowComparison)
    return `(${bounds.map((bound) => bound.column).join(', ')}) ${COMPARISON[direction]} (${placeholders.join(', ')})`;
  const isBounded = value !== null && !(isNullable && direction === 'ASC');
  const condition = isAfter(bounds, placeholders);
  // the bound lets an index scan start there
  return isBounded ? `${column} ${COMPARISON[direction]}= ${placeholders[0]} and (${condition})` : condition;
}

/** The parameters of keysetCondition. */
export const keysetParameters = (bounds: readonly KeysetBound[]) =>
  Object.fromEntries(bounds.map(({ value }, i) => [`edge${i}`, value]));

const COMPARISON: Readonly<Record<Direction, string>> = { ASC: '>', DESC: '<' };
const placeholderOf = ({ type }: KeysetBound, i: number) => `cast(:edge${i} as ${type})`;

/** The first column is greater (in its direction), or it is equal and the following columns are greater. */
function isAfter(
  [bound, ...others]: readonly KeysetBound[],
  [placeholder, ...placeholders]: readonly string[],
): string {
  const { column, direction, isNullable, value } = bound!;
  const beyond =
    value === null
      ? direction === 'ASC'
        ? 'false'
        : `${column} is not null`
      : `${column} ${COMPARISON[direction]} ${placeholder}${isNullable && direction === 'ASC' ? ` or ${column} is null` : ''}`;
  if (others.length === 0) return beyond;
  const equal = value === null ? `${column} is null` : `${column} = ${placeholder}`;
  return `${beyond} or (${equal} and (${isAfter(others, placeholders)}))`;
}
