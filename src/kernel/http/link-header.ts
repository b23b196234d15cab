import type { PageInfo } from '../database/page.js';

/** The value of the `Link` header (RFC 8288) of a page, for the address (path and query) that it was asked for by. */
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
  if (prev !== undefined) links.push(to('prev', `before=${prev}`)); // no escapes: hex and a dot
  if (next !== undefined) links.push(to('next', `after=${next}`));
  return links.join(', ');
}

/** The header fields of an answer that is a page. */
export function pageHeaders(info: PageInfo, url: string): Record<string, string> {
  const { total } = info;
  return { Link: linkHeader(info, url), ...(total === undefined ? {} : { 'X-Total-Count': String(total) }) };
}
