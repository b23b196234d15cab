import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Request } from 'express';
import type { Observable } from 'rxjs';
import { contextOf } from './context/request-context.js';
import type { Contract } from './http/contract.js';
import { OwnPipesInterceptor } from './http/own-pipes.js';
import { PreconditionInterceptor } from './http/precondition.interceptor.js';
import { ResponseInterceptor } from './http/response.interceptor.js';
import { TimingInterceptor } from './http/timing.interceptor.js';
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor.js';

interface Link extends NestInterceptor {
  /** Whether it does anything for a documented route. Without this method, it applies to all. */
  appliesTo?(contract: Contract, execution: ExecutionContext): boolean;
  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown>;
}

/**
 * The one global interceptor: runs the kernel's interceptors from the outside in, and those of features inside them.
 * APP_INTERCEPTOR could bind each of them, but a single interceptor needs one link of Nest's chain (promises, an async
 * resource, three observables) instead of five.
 */
@Injectable()
export class KernelInterceptor implements NestInterceptor {
  private readonly links: readonly Link[];
  private readonly linksOf = new WeakMap<Contract, readonly Link[]>();

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
    for (const link of this.linksFor(execution)) {
      const inner = handler;
      handler = { handle: () => link.intercept(execution, inner) };
    }
    return handler.handle();
  }

  private linksFor(execution: ExecutionContext): readonly Link[] {
    const contract =
      execution.getType() === 'http' ? contextOf(execution.getArgByIndex<Request>(0))?.contract : undefined;
    if (contract === undefined) return this.links;
    const known =
      this.linksOf.get(contract) ?? this.links.filter((link) => link.appliesTo?.(contract, execution) ?? true);
    this.linksOf.set(contract, known);
    return known;
  }
}
