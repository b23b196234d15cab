import type { Direction } from './query.js';

/** A column of the order, in the direction that the rows are read in, and the value of the row that they are behind. */
export interface Edge {
  readonly column: string;
  readonly direction: Direction;
  readonly isNullable: boolean;
  /** PostgreSQL's name of its type. */
  readonly type: string;
  readonly value: unknown;
}

/**
 * The condition on the rows behind a row, whose values are the parameters `edge0`, `edge1`, …. Null is the greatest value, as
 * it is in PostgreSQL's order. All in one direction is one comparison, which an index finds at once.
 */
export function behind(edges: readonly Edge[]): string {
  const [{ column, direction, isNullable, value }] = edges as readonly [Edge, ...Edge[]];
  const isOne = edges.every((edge) => edge.direction === direction && !edge.isNullable);
  const places = edges.map(placeOf);
  if (isOne) return `(${edges.map((edge) => edge.column).join(', ')}) ${SIDE[direction]} (${places.join(', ')})`;
  const isBounded = value !== null && !(isNullable && direction === 'ASC');
  const condition = later(edges, places);
  return isBounded ? `${column} ${SIDE[direction]}= ${places[0]} and (${condition})` : condition; // so that an index begins there
}

/** What `behind` calls the values. */
export const edgeParameters = (edges: readonly Edge[]) =>
  Object.fromEntries(edges.map(({ value }, i) => [`edge${i}`, value]));

const SIDE: Readonly<Record<Direction, string>> = { ASC: '>', DESC: '<' };
const placeOf = ({ type }: Edge, i: number) => `cast(:edge${i} as ${type})`;

/** Later in the first column, or equal in it and later in those after it. */
function later([edge, ...others]: readonly Edge[], [place, ...places]: readonly string[]): string {
  const { column, direction, isNullable, value } = edge!;
  const beyond =
    value === null
      ? direction === 'ASC'
        ? 'false'
        : `${column} is not null`
      : `${column} ${SIDE[direction]} ${place}${isNullable && direction === 'ASC' ? ` or ${column} is null` : ''}`;
  if (others.length === 0) return beyond;
  const equal = value === null ? `${column} is null` : `${column} = ${place}`;
  return `${beyond} or (${equal} and (${later(others, places)}))`;
}
