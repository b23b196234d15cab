/** A body with response headers of its own, e.g. `Location`. */
export class Answer<T> {
  constructor(
    readonly body: T,
    readonly headers: Readonly<Record<string, string>>,
  ) {}
}

/** The answer to a POST that made something: where it is from now on. */
export function created<T>(body: T, location: string): Answer<T> {
  return new Answer(body, { Location: location });
}

/** Where a slice of a list begins and ends: the links to its neighbours are made from it. */
export interface SliceEdges {
  /** Cursor of the rows after the last one; absent at the end. */
  readonly next?: string;
  /** Cursor of the rows before the first one; absent at the beginning. */
  readonly prev?: string;
  /** Rows before the first one, as far as the request told. */
  readonly skip: number;
  readonly limit: number;
}

/** Some rows of a list, in its stable order. Leaves as the bare array with a `Link` header (RFC 8288). */
export class Slice<T> {
  constructor(
    readonly rows: readonly T[],
    readonly edges: SliceEdges,
  ) {}

  /** The `Link` header's value for the request's own path and query. */
  links(url: string): string {
    const at = url.indexOf('?');
    const [path, search] = at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
    const query = new URLSearchParams(search);
    for (const name of ['page', 'after', 'before']) query.delete(name);
    const kept = query.toString();
    const to = (rel: string, cursor: string) => {
      const text = kept === '' || cursor === '' ? kept + cursor : `${kept}&${cursor}`;
      return `<${path}${text === '' ? '' : `?${text}`}>; rel="${rel}"`;
    };
    const links = [to('first', '')];
    if (this.edges.prev !== undefined) links.push(to('prev', `before=${this.edges.prev}`)); // no escapes: hex and a dot
    if (this.edges.next !== undefined) links.push(to('next', `after=${this.edges.next}`));
    return links.join(', ');
  }

  /** The same slice under an envelope: the body is `wrap(rows)`, the `Link` header stays. */
  within<B extends object>(url: string, wrap: (rows: readonly T[], edges: SliceEdges) => B): Answer<B> {
    return new Answer(wrap(this.rows, this.edges), { Link: this.links(url) });
  }
}
