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

/** Some rows of a list, in its stable order. A route that returns one answers the bare array, with a `Link` header. */
export class Page<T> {
  constructor(
    readonly rows: readonly T[],
    readonly edges: PageEdges,
  ) {}
}
