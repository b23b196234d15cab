import type { Request, RequestHandler } from 'express';
import { contextOf } from '../context/request-context.js';
import { AppError } from '../errors/app-error.js';
import type { RequestLog } from '../logging/request-log.js';
import { forwardedPrefix } from './forwarded-prefix.js';
import { isBehindRefused, refusalOfHead } from './request-head.js';

const MAX_URL_LENGTH = 8192;

/** The log's line of each request. What comes on the connection of a refused one is not answered at all. */
export function requestLogMiddleware(log: RequestLog): RequestHandler {
  return (request, response, next) => {
    if (isBehindRefused(request)) return;
    log.logWhenClosed(request, response);
    next();
  };
}

/**
 * Refuses heads that a proxy in front could understand otherwise, and gives the path the form that routes are matched with:
 * `url` is that form from now on, `originalUrl` is as it came. So many `proxies` are believed.
 */
export function requestHeadMiddleware(proxies: number): RequestHandler {
  return (request, response, next) => {
    if (request.headers.upgrade !== undefined) response.shouldKeepAlive = false; // Node loses what comes behind it
    request.originalUrl = request.url;
    if (request.url.includes('%')) request.url = normalizedPath(request.url);
    const refusal = refusalOf(request);
    const context = contextOf(request)!;
    context.isAccepted = refusal === undefined;
    context.prefix = forwardedPrefix(request, proxies);
    next(refusal);
  };
}

/** Why a request is not even looked at, if so. */
function refusalOf(request: Request): AppError | undefined {
  const refusal = refusalOfHead(request);
  if (refusal) return refusal;
  const { url, path } = request;
  if (url.length > MAX_URL_LENGTH) return new AppError('The request URL is too long', 414);
  return path.includes('//') ? new AppError('Not Found', 404) : undefined; // no parameter is empty
}

/**
 * Percent-escapes of the path are undone before routes are matched, as in Starlette: a decoded `/` separates, and one
 * newline at the end is not seen.
 */
function normalizedPath(url: string): string {
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  const decoded = new URLSearchParams(`p=${path.replaceAll('+', '%2B').replaceAll('&', '%26')}`)
    .get('p')!
    .replace(/\n$/, '');
  const encoded = decoded.split('/').map(encodeURIComponent).join('/');
  return at < 0 ? encoded : encoded + url.slice(at);
}
