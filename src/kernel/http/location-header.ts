import type { Request } from 'express';
import type { Contract } from './contract.js';
import { prefixOf } from './forwarded-prefix.js';

type Headers = Readonly<Record<string, string>>;

/**
 * Returns the headers with a complete `Location`. Handlers return the path as controllers declare it (`/orders/7`);
 * this adds what precedes it: a proxy's prefix, Nest's global prefix, a version, the path of a RouterModule.
 */
export function withLocationPrefix(request: Request, { path }: Contract, headers: Headers): Headers {
  const { Location: location } = headers;
  if (location === undefined || !location.startsWith('/')) return headers;
  const { route } = request as { route?: { path?: unknown } };
  const prefix = prefixOf(request) + mountPrefix(route?.path, path).replaceAll(PARAMETER, filledFrom(request));
  return prefix === '' ? headers : { ...headers, Location: prefix + location };
}

/** A path parameter, as of a RouterModule: `/tenants/:tenant`. */
const PARAMETER = /:(\w+)/g;

/** Replaces a parameter by its value in the request. */
const filledFrom =
  ({ params }: Request) =>
  (_: string, name: string) =>
    encodeURIComponent(String(params[name]));

/**
 * Returns what precedes the declared path in a route. `served`: the route's whole path; `own`: the part that controller
 * and handler declare.
 */
function mountPrefix(served: unknown, own: string): string {
  if (typeof served !== 'string' || !served.endsWith(own === '/' ? '' : own)) return '';
  const prefix = own === '/' ? served : served.slice(0, -own.length);
  return prefix === '/' ? '' : prefix;
}
