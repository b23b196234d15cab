import { isPlainCopy } from '../common/plain-copy.js';

// Pagination: the parameters of a request, and the page that it gets.

/** The pagination parameters of a list request. */
export interface PageRequest {
  /** The number of the page, from 1; ignored if there is a cursor. */
  readonly page: number;
  readonly limit: number;
  /** A cursor: the page starts after it. */
  readonly after?: string | null;
  /** A cursor: the page ends before it. */
  readonly before?: string | null;
  /** Column names, `-` for descending: `created_at,-total_cents`. If absent, the list has its default order. */
  readonly sort?: string | null;
  /** Whether to count the rows of the whole list. */
  readonly count?: boolean;
}

/** The position of a page in its list, for the `Link` header. */
export interface PageInfo {
  /** The cursor for the next page; absent on the last one. */
  readonly next?: string;
  /** The cursor for the previous page; absent on the first one. */
  readonly prev?: string;
  /** The number of rows before the page, according to the request's page number or cursor. */
  readonly skip: number;
  readonly limit: number;
  /** The number of rows of the whole list, if requested. */
  readonly total?: number;
}

/** A page of a list. */
export class Page<T> {
  constructor(
    readonly rows: readonly T[],
    readonly info: PageInfo,
  ) {}

  /** Maps the rows and keeps the position. */
  convert<U>(show: (row: T) => U): Page<U> {
    return new Page(this.rows.map(show), this.info);
  }
}

const NAMES: readonly string[] = ['rows', 'info'];

/** Returns a value as a page, if it is one, or the plain copy of one that an interceptor has made. */
export function pageOf(value: unknown): Page<unknown> | undefined {
  return value instanceof Page || isPlainCopy(value, NAMES) ? (value as Page<unknown>) : undefined;
}
