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

interface RouteInterceptor extends NestInterceptor {
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
  private readonly interceptors: readonly RouteInterceptor[];
  private readonly interceptorsOf = new WeakMap<Contract, readonly RouteInterceptor[]>();

  constructor(
    private readonly timing: TimingInterceptor,
    idempotency: IdempotencyInterceptor,
    response: ResponseInterceptor,
    precondition: PreconditionInterceptor,
    private readonly pipes: OwnPipesInterceptor,
  ) {
    this.interceptors = [pipes, precondition, response, idempotency, timing];
  }

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    let handler = next;
    for (const interceptor of this.interceptorsFor(execution)) {
      const inner = handler;
      handler = { handle: () => interceptor.intercept(execution, inner) };
    }
    return handler.handle();
  }

  /** Only `pipes` and `timing` can be called without a contract. */
  private interceptorsFor(execution: ExecutionContext): readonly RouteInterceptor[] {
    if (execution.getType() !== 'http') return [this.pipes];
    const contract = contextOf(execution.getArgByIndex<Request>(0))?.contract;
    if (contract === undefined) return [this.pipes, this.timing];
    const known =
      this.interceptorsOf.get(contract) ??
      this.interceptors.filter((interceptor) => interceptor.appliesTo?.(contract, execution) ?? true);
    this.interceptorsOf.set(contract, known);
    return known;
  }
}
