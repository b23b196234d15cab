import type { CallHandler, ExecutionContext } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { RequestContext } from '../context/request-context.js';

/**
 * Lets handlers read from replicas. The replicas module implements it; without it, everything reads from the primary.
 */
export abstract class ReplicaReads {
  /** Whether there are replicas at all. */
  abstract readonly areConfigured: boolean;

  /** Runs the handler of a request. */
  abstract handle(context: RequestContext, execution: ExecutionContext, next: CallHandler): Observable<unknown>;
}
