import type { Request, Response } from 'express';
import { exchangeOf } from '../http/exchange.js';
import type { Logger } from './logger.js';

/** One line per request when it is over: who, what, how it ended; never a body, never a header. */
export class RequestLog {
  constructor(private readonly logger: Logger) {}

  /** Its line is written when the answer is closed. */
  follow(request: Request, response: Response): void {
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
      this.logger.log('request', facts);
    });
  }

  /** What could not be read as a request, or did not come in time, has no more to tell. */
  refused(status: number): void {
    this.logger.log('request', { method: 'unknown', route: 'unrouted', status });
  }
}
