import type { RequestHandler } from 'express';
import type { RequestLog } from '../logging/request-log.js';
import { followsRefusedRequest } from './request-head.js';

// The middleware of the access log.

/** Logs each request. Ignores requests that follow a refused one on the same connection. */
export function requestLogMiddleware(log: RequestLog): RequestHandler {
  return (request, response, next) => {
    if (followsRefusedRequest(request)) return;
    log.logWhenClosed(request, response);
    next();
  };
}
