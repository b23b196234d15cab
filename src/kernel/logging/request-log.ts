import type { Request, Response } from 'express';
import { contextOf } from '../context/request-context.js';
import type { Logger } from './logger.js';

/** One line per request when it is over: who, what, how it ended; never a body, never a header. */
export class RequestLog {
  /** `templateOf` finds the route of a request that ended before Express had found it. */
  constructor(
    private readonly logger: Logger,
    private readonly templateOf: (request: Request) => string | undefined,
  ) {}

  /** Its line is written when the answer is closed. */
  follow(request: Request, response: Response): void {
    response.on('close', () => {
      const { id, began, isAccepted } = contextOf(request)!;
      const { id: caller } = (request.user ?? {}) as { id?: unknown };
      const ms = (performance.now() - began).toFixed(1);
      const { path } = (request.route ?? {}) as { path?: unknown };
      const template = typeof path === 'string' ? path : isAccepted && this.templateOf(request);
      const route = JSON.stringify(template || 'unrouted');
      // nothing here needs escapes: the parser knows all methods, and ids are letters, digits, dots and hyphens
      this.logger.request(
        `"request_id":"${id}","method":"${request.method}","route":${route},"status":${response.statusCode},"ms":${ms}` +
          (typeof caller === 'number' ? `,"user_id":${caller}` : '') +
          (response.writableFinished ? '' : ',"aborted":true'),
      );
    });
  }

  /** What could not be read as a request, or did not come in time, has no more to tell. */
  refused(status: number, id: string): void {
    this.logger.request(`"request_id":"${id}","method":"unknown","route":"unrouted","status":${status}`);
  }
}
