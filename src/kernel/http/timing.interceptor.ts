import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { map, tap, type Observable } from 'rxjs';
import { currentContext, runInContext } from '../context/request-context.js';
import { Replicas } from '../database/replicas.js';
import { throughReplicas } from './replica-reads.js';
import { contextFor } from './request-context.middleware.js';
import { setsStandardHeaders, stampTime } from './response.js';
import { SerializedResponse } from './serialized-response.js';

/**
 * The outermost interceptor: puts `X-Process-Time` (seconds) and `Server-Timing` on the answer, once the handler is done.
 * What never reaches a handler gets them from the exception filter, or as its head is written.
 */
@Injectable()
export class TimingInterceptor implements NestInterceptor {
  constructor(private readonly replicas: Replicas) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (execution.getType() !== 'http') return next.handle();
    const http = execution.switchToHttp();
    const response = http.getResponse<Response>();
    const context = contextFor(http.getRequest<Request>(), response);
    const handle = this.replicas.areConfigured
      ? () => throughReplicas(this.replicas, context, execution, next)
      : () => next.handle();
    const handled = currentContext() === context ? handle() : handledWithin(handle);
    context.isHandled = true;
    const timed = handled.pipe(tap({ next: () => stampTime(context, response), finalize: ended }));
    return setsStandardHeaders(response) ? timed : timed.pipe(map((given) => writtenByNest(given, response)));

    function ended(): void {
      context.isHandled = false;
      if (response.closed) context.leave?.();
    }

    function handledWithin(work: () => Observable<unknown>): Observable<unknown> {
      let handling!: Observable<unknown>;
      runInContext(context, () => (handling = work()));
      return handling;
    }
  }
}

/** What Nest's own adapter is to send. */
function writtenByNest(given: unknown, response: Response): unknown {
  return given instanceof SerializedResponse ? given.forNest(response) : given;
}
