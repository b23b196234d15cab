/** Which rows of a list are asked for. */
export interface PageRequest {
  /** Number of the page, from 1; not used with a cursor. */
  readonly page: number;
  readonly limit: number;
  /** Cursor of the rows behind it. */
  readonly after?: string | null;
  /** Cursor of the rows before it. */
  readonly before?: string | null;
  /** Columns by their names, `-` for descending: `created_at,-total_cents`. Without it: the list's own order. */
  readonly sort?: string | null;
  /** Whether the rows of the whole list are counted, too. */
  readonly count?: boolean;
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
  /** Rows of the whole list, if they were counted. */
  readonly total?: number;
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
