import { SetMetadata, type CallHandler, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { catchError, concatMap, type Observable } from 'rxjs';
import type { Caller } from '../access/access.js';
import type { RequestContext } from '../context/request-context.js';
import { setRequestReplica } from '../database/request-replica.js';
import type { Replicas } from '../database/replicas.js';
import { clientPrefix } from './client-address.js';

const READS_PRIMARY = 'aerie:reads-primary';

/** What is read there was perhaps written by somebody who is not known as the caller: by a sign-in, by a link in a mail. */
export const ReadsPrimary = (): ClassDecorator & MethodDecorator => SetMetadata(READS_PRIMARY, true);

/**
 * Lets the handler of a GET read a replica that has what its caller has written, and keeps in mind what others write before
 * they are answered. What comes before (who calls?) and every other request read the primary.
 */
export function throughReplicas(
  replicas: Replicas,
  context: RequestContext,
  execution: ExecutionContext,
  next: CallHandler,
): Observable<unknown> {
  const request = execution.switchToHttp().getRequest<Request & { user?: Caller }>();
  const [account, address] = [request.user && `account ${request.user.id}`, `address ${clientPrefix(request)}`];
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    const callers = account === undefined ? [address] : [account, address];
    return before(next.handle(), () => replicas.recordWrite(callers));
  }
  const readsPrimary = [execution.getHandler(), execution.getClass()].some((it) =>
    Reflect.hasMetadata(READS_PRIMARY, it),
  );
  if (!readsPrimary) setRequestReplica(context, () => replicas.replicaFor(account ?? address));
  return next.handle();
}

/** Does it before the answer, or the error, goes on. */
function before(answers: Observable<unknown>, work: () => Promise<void>): Observable<unknown> {
  return answers.pipe(
    concatMap(async (answer) => {
      await work();
      return answer;
    }),
    catchError(async (error: unknown) => {
      await work();
      throw error;
    }),
  );
}
