/** Which rows of a list are asked for. */
export interface PageRequest {
  /** Number of the page, from 1; not used with a cursor. */
  readonly page: number;
  readonly limit: number;
  /** Cursor of the rows behind it. */
  readonly after?: string | null;
  /** Cursor of the rows before it. */
  readonly before?: string | null;
}

/** Where a page of a list begins and ends: the links to its neighbours are made from it. */
export interface PageEdges {
  /** Cursor of the rows after the last one; absent at the end. */
  readonly next?: string;
  /** Cursor of the rows before the first one; absent at the beginning. */
  readonly prev?: string;
  /** Rows before the first one, as far as the request told. */
  readonly skip: number;
  readonly limit: number;
}

/** Some rows of a list, in its stable order. */
export class Page<T> {
  constructor(
    readonly rows: readonly T[],
    readonly edges: PageEdges,
  ) {}

  /** The same page with its rows shown in another way. */
  convert<U>(show: (row: T) => U): Page<U> {
    return new Page(this.rows.map(show), this.edges);
  }
}

/** A whole number, or a UUID, which a cursor has without hyphens. */
export type Key = number | string;

/** How the rows of a page are found: behind a key in some direction, or past so many rows. */
export interface Position {
  readonly backwards: boolean;
  /** The key that they are behind; may be the beginning of a UUID. */
  readonly key: string | undefined;
  /** Rows before the first one. */
  readonly skip: number;
}

export function positionOf({ page, limit, after, before }: PageRequest): Position {
  const cursor = after || before;
  if (!cursor) return { backwards: false, key: undefined, skip: (page - 1) * limit };
  const [key, skip] = cursor.split('.') as [string, string];
  return { backwards: !after, key, skip: Number(skip) };
}

/** Of the rows found, one more than the page has where there are more. */
export function pageOf<T>(
  found: T[],
  { limit, page }: PageRequest,
  { backwards, key, skip: behind }: Position,
  keyOf: (row: T) => Key,
): Page<T> {
  const more = found.length > limit;
  const shown = found.slice(0, limit);
  if (backwards) shown.reverse();
  const skip = !backwards ? behind : more ? Math.max(0, behind - shown.length) : 0;
  const [first, last] = [shown.at(0), shown.at(-1)];
  const hasPrev = backwards ? more : key !== undefined || page > 1;
  const hasNext = backwards || more;
  return new Page(shown, {
    skip,
    limit,
    ...(hasPrev && first ? { prev: cursor(keyOf(first), skip) } : {}),
    ...(hasNext && last ? { next: cursor(keyOf(last), skip + shown.length) } : {}),
  });
}

const cursor = (key: Key, skip: number) => `${String(key).replaceAll('-', '')}.${skip}`;
