import type { Request, Response } from 'express';
import { contextOf } from '../context/request-context.js';
import type { Logger } from './logger.js';

/** Logs one line per request when it has ended: caller, route, status, duration; never a body or a header. */
export class RequestLog {
  /** `templateOf` finds the route of a request that ended before Express's router ran. */
  constructor(
    private readonly logger: Logger,
    private readonly templateOf: (request: Request) => string | undefined,
  ) {}

  /** Logs the request when its response is closed. */
  follow(request: Request, response: Response): void {
    response.on('close', () => {
      const { id, began, isAccepted } = contextOf(request)!;
      const { id: caller } = (request.user ?? {}) as { id?: unknown };
      const ms = (performance.now() - began).toFixed(1);
      const { path } = (request.route ?? {}) as { path?: unknown };
      const template = typeof path === 'string' ? path : isAccepted && this.templateOf(request);
      const route = JSON.stringify(template || 'unrouted');
      // no value needs escaping: the parser knows all methods, and ids are letters, digits, dots and hyphens
      this.logger.request(
        `"request_id":"${id}","method":"${request.method}","route":${route},"status":${response.statusCode},"ms":${ms}` +
          (typeof caller === 'number' ? `,"user_id":${caller}` : '') +
          (response.writableFinished ? '' : ',"aborted":true'),
      );
    });
  }

  /** Logs what could not be parsed as a request, or did not arrive in time. */
  refused(status: number, id: string): void {
    this.logger.request(`"request_id":"${id}","method":"unknown","route":"unrouted","status":${status}`);
  }
}
