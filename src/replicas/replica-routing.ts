import { Injectable, SetMetadata, type CallHandler, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { catchError, concatMap, type Observable } from 'rxjs';
import type { RequestContext } from '../kernel/context/request-context.js';
import { setRequestReplica } from '../kernel/database/request-replica.js';
import { Replicas } from './replicas.js';
import { ReplicaReads } from '../kernel/http/replica-reads.js';
import { clientNetwork } from '../kernel/http/client-address.js';

// Read replicas: which requests read from them.

const READS_PRIMARY = 'aerie:reads-primary';

/**
 * Makes a handler read from the primary, because requests of other callers may have written its data, such as a sign-in
 * or a link in a mail.
 */
export const ReadsPrimary = (): ClassDecorator & MethodDecorator => SetMetadata(READS_PRIMARY, true);

/**
 * Lets the handlers of GET and HEAD read from a replica that has everything the caller has written. For other requests,
 * records the log position of the write before the response is sent. Guards, which run earlier, read from the primary.
 */
@Injectable()
export class ReplicaRouting extends ReplicaReads {
  constructor(private readonly replicas: Replicas) {
    super();
  }

  override get areConfigured(): boolean {
    return this.replicas.areConfigured;
  }

  override handle(context: RequestContext, execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = execution.switchToHttp().getRequest<Request>();
    const client = clientNetwork(request);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return runBeforeResponse(next.handle(), () => this.replicas.recordWrite(writersOf(context, client)));
    }
    const readsPrimary = [execution.getHandler(), execution.getClass()].some((it) =>
      Reflect.hasMetadata(READS_PRIMARY, it),
    );
    if (!readsPrimary) setRequestReplica(context, () => this.replicas.replicaFor(readersOf(context, client)));
    return next.handle();
  }
}

/**
 * Whose later reads see this write: those of the account, and those without a token from the same client. Without an
 * account, it is any read of the client, since they may have signed up, or sign in afterwards.
 */
function writersOf({ account }: RequestContext, client: string): string[] {
  return [account === undefined ? `anonymous ${client}` : `account ${account}`, `address ${client}`];
}

/**
 * Whose writes this read sees. An account does not see the writes of other accounts at its address: a large office
 * would hardly ever read from a replica.
 */
function readersOf({ account }: RequestContext, client: string): string[] {
  return account === undefined ? [`address ${client}`] : [`account ${account}`, `anonymous ${client}`];
}

/** Runs `work` before the response or the error is passed on. */
function runBeforeResponse(responses: Observable<unknown>, work: () => Promise<void>): Observable<unknown> {
  return responses.pipe(
    concatMap(async (response) => {
      await work();
      return response;
    }),
    catchError(async (error: unknown) => {
      await work();
      throw error;
    }),
  );
}
