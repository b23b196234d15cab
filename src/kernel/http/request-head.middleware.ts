import type { Request, RequestHandler } from 'express';
import { contextOf } from '../context/request-context.js';
import { AppError } from '../errors/app-error.js';
import { forwardedPrefix } from './forwarded-prefix.js';
import { checkHead } from './request-head.js';

// Middleware that checks and normalizes the head of a request.

const MAX_URL_LENGTH = 8192;

/**
 * Refuses heads that a proxy could interpret differently (request smuggling), and normalizes the path for routing:
 * `url` becomes the normalized form, `originalUrl` keeps the original. `proxies` is the number of trusted proxies.
 */
export function requestHeadMiddleware(proxies: number): RequestHandler {
  return (request, response, next) => {
    // Node loses requests that follow an upgrade
    if (request.headers.upgrade !== undefined) response.shouldKeepAlive = false;
    request.originalUrl = request.url;
    if (request.url.includes('%')) request.url = normalizedPath(request.url);
    const refusal = checkRequest(request);
    const context = contextOf(request)!;
    context.isAccepted = refusal === undefined;
    context.url = request.url;
    context.prefix = forwardedPrefix(request, proxies);
    next(refusal);
  };
}

/** Returns the error for a request that must not be routed, or undefined. */
function checkRequest(request: Request): AppError | undefined {
  const refusal = checkHead(request);
  if (refusal) return refusal;
  const { url, path } = request;
  if (url.length > MAX_URL_LENGTH) return new AppError('The request URL is too long', 414);
  return path.includes('//') ? new AppError('Not Found', 404) : undefined; // path parameters are never empty
}

/**
 * Decodes percent-escapes in the path before routing, as Starlette does: a decoded `/` separates segments, and a
 * newline at the end is dropped.
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
