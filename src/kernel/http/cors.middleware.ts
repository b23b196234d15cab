import cors from 'cors';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';

// CORS headers and preflights, and a warning about origins that are not allowed.

/**
 * All response headers except those that the Fetch standard exposes by default. A test compares them with the OpenAPI
 * document.
 */
const EXPOSED_HEADERS = [
  'Accept-Ranges',
  'Accept-Patch',
  'Allow',
  'Content-Disposition',
  'Content-Encoding',
  'Content-Range',
  'ETag',
  'Idempotency-Replayed',
  'Link',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'Server-Timing',
  'WWW-Authenticate',
  'X-Process-Time',
  'X-Request-ID',
  'X-Total-Count',
];

/**
 * Middleware that adds CORS headers for these origins to every response, also to errors. Only real preflights are
 * answered here: an OPTIONS request without the preflight headers goes on to the router.
 */
export function corsMiddleware(origins: readonly string[]): [RequestHandler, ErrorRequestHandler] {
  const handle = cors({ origin: [...origins], credentials: true, maxAge: 600, exposedHeaders: EXPOSED_HEADERS });
  const addHeaders = ({ headers }: Request, response: Response, next: () => void) =>
    handle({ method: 'GET', headers }, response, next);
  return [
    (request, response, next) => {
      const { headers, method } = request;
      const isPreflight = headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
      if (method !== 'OPTIONS' || isPreflight) handle(request, response, next);
      else addHeaders(request, response, next);
    },
    (refusal, request, response, next) => addHeaders(request, response, () => next(refusal)),
  ];
}

/** The number of origins that are remembered and warned of. */
const MAX_WARNINGS = 100;
const MAX_ORIGIN_LENGTH = 200;

/**
 * Logs a warning once for each origin that CORS does not allow, naming the variable to set: the browser's message only
 * says that a header is missing. For development.
 */
export function warnOfRefusedOrigins(origins: readonly string[], warn: (message: string) => void): RequestHandler {
  const known = new Set(origins);
  return ({ headers: { origin, host } }, _response, next) => {
    if (origin !== undefined && !known.has(origin) && known.size < origins.length + MAX_WARNINGS) {
      known.add(origin);
      if (!isSameOrigin(origin, host)) warn(warningFor(origin, origins));
    }
    next();
  };
}

/** Whether the page is served by Aerie itself, as the API explorer is: browsers need no CORS then. */
const isSameOrigin = (origin: string, host = '') => /^https?:\/\/(.*)$/i.exec(origin)?.[1] === host.toLowerCase();

function warningFor(origin: string, origins: readonly string[]): string {
  const allowed = origins.length === 0 ? 'CORS_ORIGINS is empty' : `CORS_ORIGINS contains only ${origins.join(', ')}`;
  return `Pages of the origin ${JSON.stringify(origin.slice(0, MAX_ORIGIN_LENGTH))} cannot read the responses: ${allowed}`;
}
