import type { Response } from 'express';
import type { OutgoingHttpHeaders } from 'node:http';

// The headers of a response that is stored for an idempotency key.

/** Headers of a single response, request or connection. A cookie may be a secret, which must not be stored. */
const OF_ONE_RESPONSE =
  /^(?:access-control-.+|connection|content-encoding|content-length|date|keep-alive|server-timing|set-cookie|trailer|trace(?:parent|state|response)|transfer-encoding|(?:x-)?ratelimit(?:-.+)?|x-correlation-id|x-process-time|x-request-id|x-response-time)$/;

/**
 * Returns the headers to store, as a flat list of names and values: those in `own`, and those that the handler or an
 * interceptor has set on the response object since `before`, except headers of this response alone.
 */
export function headersToStore(before: OutgoingHttpHeaders, response: Response, own: readonly string[]): string[] {
  const replaced = new Set(['content-type']); // always that of the model
  const stored: string[] = [];
  for (let i = 0; i < own.length; i += 2) {
    const name = own[i]!.toLowerCase();
    replaced.add(name);
    if (!OF_ONE_RESPONSE.test(name)) stored.push(own[i]!, own[i + 1]!);
  }
  for (const [name, value = []] of Object.entries(response.getHeaders())) {
    if (OF_ONE_RESPONSE.test(name) || replaced.has(name) || String(value) === String(before[name])) continue;
    for (const one of [value].flat()) stored.push(name, String(one));
  }
  return stored;
}

/** Sets these headers, instead of others with the same names. */
export function restoreHeaders(list: readonly string[], response: Response): void {
  for (let i = 0; i < list.length; i += 2) response.removeHeader(list[i]!);
  for (let i = 0; i < list.length; i += 2) response.appendHeader(list[i]!, list[i + 1]!);
}
