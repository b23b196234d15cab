import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Request } from 'express';
import { map, type Observable } from 'rxjs';
import { contextOf } from '../context/request-context.js';
import type { Contract } from './contract.js';
import { serializeResponse } from './serialized-response.js';

/**
 * Serializes the return value of a documented handler with the route's response model, so that only declared fields are
 * sent. A missing or wrong field, or a status other than the declared one, is a logged 500.
 */
@Injectable()
export class ResponseInterceptor implements NestInterceptor {
  appliesTo({ returns }: Contract): boolean {
    return returns.media === undefined;
  }

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = execution.getArgByIndex<Request>(0);
    const { contract } = contextOf(request)!;
    return next.handle().pipe(map((given) => serializeResponse(request, contract!, given)));
  }
}
