import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { map, tap, type Observable } from 'rxjs';
import { currentContext, runInContext } from '../context/request-context.js';
import { Replicas } from '../database/replicas.js';
import { handleWithReplicas } from './replica-reads.js';
import { contextFor } from './request-context.middleware.js';
import { setsStandardHeaders, fixTimeHeaders } from './message-classes.js';
import { SerializedResponse } from './serialized-response.js';

/**
 * The outermost interceptor. Sets `X-Process-Time` (seconds) and `Server-Timing` when the handler has finished, makes sure
 * that there is a request context, and lets handlers read from replicas. Requests that never reach a handler get these
 * headers from the exception filter, or when the head is written.
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
      ? () => handleWithReplicas(this.replicas, context, execution, next)
      : () => next.handle();
    const handled = currentContext() === context ? handle() : handleInContext(handle);
    context.isHandled = true;
    const timed = handled.pipe(tap({ next: () => fixTimeHeaders(context, response), finalize: ended }));
    return setsStandardHeaders(response) ? timed : timed.pipe(map((given) => toNestBody(given, response)));

    function ended(): void {
      context.isHandled = false;
      if (response.closed) context.releaseSlot?.();
    }

    function handleInContext(work: () => Observable<unknown>): Observable<unknown> {
      let handling!: Observable<unknown>;
      runInContext(context, () => (handling = work()));
      return handling;
    }
  }
}

/** Returns the body for Nest's own adapter. */
function toNestBody(given: unknown, response: Response): unknown {
  return given instanceof SerializedResponse ? given.applyTo(response) : given;
}
