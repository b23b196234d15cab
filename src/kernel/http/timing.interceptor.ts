import {
  Inject,
  Injectable,
  Optional,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { finalize, map, type Observable } from 'rxjs';
import { runAsActivity } from '../context/activity.js';
import { currentContext } from '../context/request-context.js';
import { ReplicaReads } from './replica-reads.js';
import { contextFor } from './request-context.middleware.js';
import { setsStandardHeaders, freezeTimeHeaders } from './message-classes.js';
import { SerializedResponse } from './serialized-response.js';

/**
 * The outermost interceptor. Sets `X-Process-Time` (seconds) and `Server-Timing` when the handler has finished, makes
 * sure that there is a request context, and lets handlers read from replicas. Requests that never reach a handler get
 * these headers from the exception filter, or when the head is written.
 */
@Injectable()
export class TimingInterceptor implements NestInterceptor {
  constructor(@Optional() @Inject(ReplicaReads) private readonly replicas?: ReplicaReads) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    // switchToHttp() creates three functions at each call
    const [request, response] = execution.getArgs<[Request, Response]>();
    const context = contextFor(request, response);
    const { replicas } = this;
    const handle = replicas?.areConfigured ? () => replicas.handle(context, execution, next) : () => next.handle();
    const handled = currentContext() === context ? handle() : runAsActivity(context, handle);
    context.isHandlerRunning = true;
    const answered = setsStandardHeaders(response)
      ? handled
      : handled.pipe(map((given) => toNestBody(given, response)));
    return answered.pipe(finalize(ended));

    function ended(): void {
      freezeTimeHeaders(context, response);
      context.isHandlerRunning = false;
      if (response.closed) context.releaseSlot?.();
    }
  }
}

/** Returns the body for Nest's own adapter. */
function toNestBody(given: unknown, response: Response): unknown {
  return given instanceof SerializedResponse ? given.applyTo(response) : given;
}
