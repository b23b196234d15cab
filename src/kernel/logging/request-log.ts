import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { exchangeOf } from '../http/exchange.js';
import type { Logger } from './logger.js';

/** One line per request when it is over: who, what, how it ended; never a body, never a header. */
export function requestLog(logger: Logger): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    response.on('close', () => {
      const { id, began, route } = exchangeOf(request);
      const caller = request.user as { id: number } | undefined;
      const facts = {
        request_id: id, // a connection that breaks off says so outside of the request's own context
        method: request.method,
        route: route ?? 'unrouted',
        status: response.statusCode,
        ms: Math.round((performance.now() - began) * 10) / 10,
        ...(caller ? { user_id: caller.id } : {}),
        ...(response.writableFinished ? {} : { aborted: true }),
      };
      logger.log('request', facts);
    });
    next();
  };
}
