import type { Request } from 'express';
import { randomUUID } from 'node:crypto';
import { AppError } from '../errors/app-error.js';
import { refusalOfHead } from './request-head.js';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;
const MAX_URL_LENGTH = 8192;

/** The id that the client gave its request, or a new one. */
export function idOf({ headers }: Request): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** From now on `url` is the address as routes are matched with it, `originalUrl` as it came. */
export function readAddress(request: Request): void {
  request.originalUrl = request.url;
  if (request.url.includes('%')) request.url = normalizePath(request.url);
}

/** Why a request is not even looked at, if so. */
export function refusalOf(request: Request): AppError | undefined {
  const refusal = refusalOfHead(request);
  if (refusal) return refusal;
  const { url, path } = request;
  if (url.length > MAX_URL_LENGTH) return new AppError('The address is too long', 414);
  return path.includes('//') ? new AppError('Not Found', 404) : undefined; // no parameter is empty
}

/**
 * Percent-escapes of the path are undone before routes are matched, as in Starlette: a decoded `/` separates, and one
 * newline at the end is not seen.
 */
function normalizePath(url: string): string {
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  const decoded = new URLSearchParams(`p=${path.replaceAll('+', '%2B').replaceAll('&', '%26')}`)
    .get('p')!
    .replace(/\n$/, '');
  const encoded = decoded.split('/').map(encodeURIComponent).join('/');
  return at < 0 ? encoded : encoded + url.slice(at);
}
