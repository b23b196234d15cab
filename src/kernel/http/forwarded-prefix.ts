import type { Request } from 'express';
import { contextOf } from '../context/request-context.js';

/**
 * Letters, digits and `-._~` between single slashes, `.` and `..` left out: nothing that a browser could take for another
 * host (`//evil.example`), another path or markup.
 */
const PREFIX = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+$/;
const MAX_LENGTH = 200;

/**
 * The path under which proxies show this application, by their `X-Forwarded-Prefix`: `/api`, or '' for the root. So many
 * proxies are believed (TRUST_PROXY); each may add its own in front of the next one's. What has another form does not count.
 */
export function forwardedPrefix({ headers }: Pick<Request, 'headers'>, proxies: number): string {
  const given = headers['x-forwarded-prefix'];
  if (typeof given !== 'string' || proxies === 0) return '';
  const own = given.split(',').slice(-proxies);
  const prefixes = own.map((one) => one.trim().replace(/\/$/, '')).filter((one) => one !== '');
  const prefix = prefixes.join('');
  return prefix.length <= MAX_LENGTH && prefixes.every((one) => PREFIX.test(one)) ? prefix : '';
}

/** The path under which the client of a request sees this application. */
export function prefixOf(request: Request): string {
  return contextOf(request)?.prefix ?? '';
}

/** The path and query by which the client has asked. */
export function clientUrl(request: Request): string {
  return prefixOf(request) + request.originalUrl;
}
