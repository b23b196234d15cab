import type { Response } from 'express';
import type { OutgoingHttpHeaders } from 'node:http';

// Headers that a handler or an interceptor has set on the response object.

/** Headers of a single response or connection. A cookie may be a secret, which must not be stored. */
const OF_ONE_RESPONSE: ReadonlySet<string> = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type', // always that of the model
  'date',
  'keep-alive',
  'server-timing',
  'set-cookie',
  'trailer',
  'transfer-encoding',
  'x-process-time',
  'x-request-id',
]);

/** Returns the headers that were set since, as a flat list of names and values. Those in `own` replace them. */
export function headersSetSince(before: OutgoingHttpHeaders, response: Response, own: readonly string[]): string[] {
  const replaced = new Set(own.map((name) => name.toLowerCase()));
  return Object.entries(response.getHeaders()).flatMap(([name, value]) => {
    if (OF_ONE_RESPONSE.has(name) || replaced.has(name) || String(value) === String(before[name])) return [];
    return [value ?? []].flat().flatMap((one) => [name, String(one)]);
  });
}

/** Sets these headers, instead of others with the same names. */
export function restoreHeaders(list: readonly string[], response: Response): void {
  for (let i = 0; i < list.length; i += 2) response.removeHeader(list[i]!);
  for (let i = 0; i < list.length; i += 2) response.appendHeader(list[i]!, list[i + 1]!);
}
