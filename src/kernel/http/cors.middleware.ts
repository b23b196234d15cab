import cors from 'cors';
import type { RequestHandler } from 'express';

const EXPOSED = [
  'ETag',
  'Idempotency-Replayed',
  'Link',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-Process-Time',
  'X-Request-ID',
  'X-Total-Count',
];

/** CORS for these origins. An OPTIONS that is no preflight is an ordinary request. */
export function corsMiddleware(origins: readonly string[]): RequestHandler {
  const answer = cors({ origin: [...origins], credentials: true, maxAge: 600, exposedHeaders: EXPOSED });
  return (request, response, next) => {
    const { origin, 'access-control-request-method': wanted } = request.headers;
    if (request.method === 'OPTIONS' && (origin === undefined || wanted === undefined)) next();
    else answer(request, response, next);
  };
}
