import type { Begin, Call } from './call.js';
import type { CallOptions, IdOf, OperationId, QueryOf, RowOf } from './types.js';

/** The most rows of a page, so that reading a whole list takes few requests. */
const LIMIT = 100;

/** Returns a function that reads all rows of a list, page by page. Rows that exist all the time come exactly once. */
export function lister<K extends OperationId>(begin: Begin, operation: K) {
  return (query?: QueryOf<K>, options?: CallOptions) => rowsOf<RowOf<K>>(begin(), operation, { query }, options);
}

/** The same for a list that belongs to another resource. */
export function listerOf<K extends OperationId>(begin: Begin, operation: K) {
  return (id: IdOf<K>, query?: QueryOf<K>, options?: CallOptions) =>
    rowsOf<RowOf<K>>(begin(), operation, { path: id as number, query }, options);
}

async function* rowsOf<Row>(
  call: Call, // begun outside, because a generator runs only at its first row: another user may be signed in then
  operation: OperationId,
  { path, query }: { path?: number; query?: object | undefined },
  options: CallOptions = {},
): AsyncGenerator<Row, void, undefined> {
  let asked: Record<string, unknown> = { limit: LIMIT, ...query };
  for (;;) {
    const { data, headers } = await call(operation, { path, query: asked }, options);
    for (const row of Array.isArray(data) ? (data as Row[]) : (data as { items: Row[] }).items) {
      options.signal?.throwIfAborted();
      yield row;
    }
    const next = nextOf(headers.get('Link'));
    if (next === undefined) return;
    asked = Object.fromEntries(next); // only the query of the link: the token must not be sent to another host
  }
}

/** Returns the query of the `next` link (RFC 8288), or undefined. */
function nextOf(header: string | null): URLSearchParams | undefined {
  const target = /<([^>]*)>\s*;\s*rel="?next"?/.exec(header ?? '')?.[1];
  return target === undefined ? undefined : new URL(target, 'http://any').searchParams;
}
