import type { Request } from 'express';
import type { Contract } from './contract.js';
import { prefixOf } from './forwarded-prefix.js';

type Headers = Readonly<Record<string, string>>;

/**
 * The headers of an answer, the paths of this application (`Location: /orders/7`) with what stands before the controllers'
 * own paths: the prefix of a proxy, a global prefix, a version, the path of a RouterModule.
 */
export function located(request: Request, { path }: Contract, headers: Headers): Headers {
  const { Location: location } = headers;
  if (location === undefined || !location.startsWith('/')) return headers;
  const { route } = request as { route?: { path?: unknown } };
  const prefix = prefixOf(request) + ownPrefix(route?.path, path);
  return prefix === '' ? headers : { ...headers, Location: prefix + location };
}

/** `served` is the route's whole path, `own` the part that controller and handler declare. */
function ownPrefix(served: unknown, own: string): string {
  if (typeof served !== 'string' || !served.endsWith(own === '/' ? '' : own)) return '';
  const prefix = own === '/' ? served : served.slice(0, -own.length);
  return prefix === '/' ? '' : prefix;
}
