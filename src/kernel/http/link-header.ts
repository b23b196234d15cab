import type { PageInfo } from '../database/page.js';

/** Returns the `Link` header (RFC 8288) of a page: `first`, `prev`, `next`. `url` is the requested path and query. */
export function linkHeader({ next, prev }: PageInfo, url: string): string {
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
  if (prev !== undefined) links.push(to('prev', `before=${prev}`)); // cursors need no escaping
  if (next !== undefined) links.push(to('next', `after=${next}`));
  return links.join(', ');
}

/** Returns the headers of a response that is a page: `Link`, and `X-Total-Count` if the rows were counted. */
export function pageHeaders(info: PageInfo, url: string): Record<string, string> {
  const { total } = info;
  return { Link: linkHeader(info, url), ...(total === undefined ? {} : { 'X-Total-Count': String(total) }) };
}
