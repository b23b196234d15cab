import type { Request } from 'express';

// Parses the query string.

/**
 * Returns the query parameters. Of a repeated parameter the last value counts, of those in `lists` all values, as in
 * FastAPI.
 */
export function parseQuery({ url }: Pick<Request, 'url'>, lists: readonly string[] = []): Record<string, unknown> {
  const at = url.indexOf('?');
  if (at < 0) return {};
  const sent = new URLSearchParams(url.slice(at + 1));
  const values: Record<string, unknown> = Object.fromEntries(sent);
  for (const name of lists) if (sent.has(name)) values[name] = sent.getAll(name);
  return values;
}
