import type { Page, PageEdges } from '../database/page.js';

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

/** The `Link` header of a page (RFC 8288), for the request's own path and query. */
export function linksOf({ edges }: Page<unknown>, url: string): string {
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
  if (edges.prev !== undefined) links.push(to('prev', `before=${edges.prev}`)); // no escapes: hex and a dot
  if (edges.next !== undefined) links.push(to('next', `after=${edges.next}`));
  return links.join(', ');
}

/** A page under an envelope: the body is `wrap(rows)`, the `Link` header stays. */
export function within<T, B extends object>(
  page: Page<T>,
  url: string,
  wrap: (rows: readonly T[], edges: PageEdges) => B,
): Answer<B> {
  return new Answer(wrap(page.rows, page.edges), { Link: linksOf(page, url) });
}
