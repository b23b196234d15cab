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
  /** Whether a documented route needs it. Without this method, all do. */
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
    private readonly timing: TimingInterceptor,
    idempotency: IdempotencyInterceptor,
    response: ResponseInterceptor,
    precondition: PreconditionInterceptor,
    private readonly pipes: OwnPipesInterceptor,
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

  /** Only `pipes` and `timing` can be called without a contract. */
  private linksFor(execution: ExecutionContext): readonly Link[] {
    if (execution.getType() !== 'http') return [this.pipes];
    const contract = contextOf(execution.getArgByIndex<Request>(0))?.contract;
    if (contract === undefined) return [this.pipes, this.timing];
    const known =
      this.linksOf.get(contract) ?? this.links.filter((link) => link.appliesTo?.(contract, execution) ?? true);
    this.linksOf.set(contract, known);
    return known;
  }
}
