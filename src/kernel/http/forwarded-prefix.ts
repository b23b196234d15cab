import type { Request } from 'express';
import { contextOf } from '../context/request-context.js';

// X-Forwarded-Prefix: the path under which a proxy publishes the application.

/**
 * Accepts letters, digits and `-._~` between single slashes, without the segments `.` and `..`, so that a prefix cannot
 * lead to another host (`//evil.example`) or path, or contain markup.
 */
const PREFIX = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+$/;
const MAX_LENGTH = 200;

/**
 * Returns the path under which trusted proxies publish this application, from `X-Forwarded-Prefix`: `/api`, or '' for
 * the root. `proxies` is the number of trusted proxies (TRUST_PROXY), each of which may append a prefix. Invalid values
 * are ignored.
 */
export function forwardedPrefix({ headers }: Pick<Request, 'headers'>, proxies: number): string {
  const given = headers['x-forwarded-prefix'];
  if (typeof given !== 'string' || proxies === 0) return '';
  const own = given.split(',').slice(-proxies);
  const prefixes = own.map((one) => one.trim().replace(/\/$/, '')).filter((one) => one !== '');
  const prefix = prefixes.join('');
  return prefix.length <= MAX_LENGTH && prefixes.every((one) => PREFIX.test(one)) ? prefix : '';
}

/** Returns the public path prefix of this application for a request. */
export function prefixOf(request: Request): string {
  return contextOf(request)?.prefix ?? '';
}

/** Returns path and query as the client requested them, including the proxy's prefix. */
export function clientUrl(request: Request): string {
  return prefixOf(request) + request.originalUrl;
}
