import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { OwnPipesInterceptor } from './http/own-pipes.js';
import { PreconditionInterceptor } from './http/precondition.interceptor.js';
import { ResponseInterceptor } from './http/response.interceptor.js';
import { TimingInterceptor } from './http/timing.interceptor.js';
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor.js';

interface Link extends NestInterceptor {
  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown>;
}

/**
 * The one global interceptor: runs the kernel's interceptors from the outside in, and those of features inside them. Each of
 * them could be bound by APP_INTERCEPTOR; as one they cost one of Nest's chain links (promises, an async resource, three
 * observables) instead of four.
 */
@Injectable()
export class KernelInterceptor implements NestInterceptor {
  private readonly links: readonly Link[];

  constructor(
    timing: TimingInterceptor,
    idempotency: IdempotencyInterceptor,
    response: ResponseInterceptor,
    precondition: PreconditionInterceptor,
    pipes: OwnPipesInterceptor,
  ) {
    this.links = [pipes, precondition, response, idempotency, timing];
  }

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    let handler = next;
    for (const link of this.links) {
      const inner = handler;
      handler = { handle: () => link.intercept(execution, inner) };
    }
    return handler.handle();
  }
}
