import cors from 'cors';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';

/** All that answers have beside what the Fetch standard lets every page read; a test compares with the document. */
const EXPOSED = [
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
 * CORS for these origins, on every answer. An OPTIONS that is no preflight is a request like any other; so is one whose head
 * was refused before.
 */
export function corsMiddleware(origins: readonly string[]): [RequestHandler, ErrorRequestHandler] {
  const handle = cors({ origin: [...origins], credentials: true, maxAge: 600, exposedHeaders: EXPOSED });
  const ordinary = ({ headers }: Request, response: Response, next: () => void) =>
    handle({ method: 'GET', headers }, response, next);
  return [
    (request, response, next) => {
      const { headers, method } = request;
      const isPreflight = headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
      if (method !== 'OPTIONS' || isPreflight) handle(request, response, next);
      else ordinary(request, response, next);
    },
    (refusal, request, response, next) => ordinary(request, response, () => next(refusal)),
  ];
}

/** No more are remembered: who sends many is no developer with a page that does not work. */
const MAX_TOLD = 100;
const MAX_ORIGIN_LENGTH = 200;

/**
 * Says once of each origin that it may not read the answers, and which variable decides that: the browser only says that
 * something is missing. For development.
 */
export function refusedOrigins(origins: readonly string[], tell: (line: string) => void): RequestHandler {
  const known = new Set(origins);
  return ({ headers: { origin, host } }, _response, next) => {
    if (origin !== undefined && !known.has(origin) && known.size < origins.length + MAX_TOLD) {
      known.add(origin);
      if (!isOwn(origin, host)) tell(refusalOf(origin, origins));
    }
    next();
  };
}

/** Whether the page comes from Aerie itself, as the explorer does: no browser asks for CORS then. */
const isOwn = (origin: string, host = '') => /^https?:\/\/(.*)$/i.exec(origin)?.[1] === host.toLowerCase();

function refusalOf(origin: string, origins: readonly string[]): string {
  const allowed = origins.length === 0 ? 'CORS_ORIGINS is empty' : `CORS_ORIGINS has only ${origins.join(', ')}`;
  return `Pages of the origin ${JSON.stringify(origin.slice(0, MAX_ORIGIN_LENGTH))} may not read the answers: ${allowed}`;
}
