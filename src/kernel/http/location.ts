import type { Request } from 'express';
import type { Contract } from './contract.js';

type Headers = Readonly<Record<string, string>>;

/**
 * The headers of an answer, the paths of this application (`Location: /orders/7`) with what stands before the controllers'
 * own paths: a global prefix, a version, the path of a RouterModule.
 */
export function located({ route }: Pick<Request, 'route'>, { path }: Contract, headers: Headers): Headers {
  const { Location: location } = headers;
  if (location === undefined || !location.startsWith('/')) return headers;
  const prefix = prefixOf((route as { path?: unknown } | undefined)?.path, path);
  return prefix === '' ? headers : { ...headers, Location: prefix + location };
}

/** `served` is the route's whole path, `own` the part that controller and handler declare. */
function prefixOf(served: unknown, own: string): string {
  if (typeof served !== 'string' || !served.endsWith(own === '/' ? '' : own)) return '';
  const prefix = own === '/' ? served : served.slice(0, -own.length);
  return prefix === '/' ? '' : prefix;
}
