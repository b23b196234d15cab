import {
  Inject,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type RawBodyRequest,
} from '@nestjs/common';
import type { Request } from 'express';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { EntityManager } from 'typeorm';
import type { Caller } from '../access/access.js';
import { Clock } from '../common/clock.js';
import { Config } from '../config/config.js';
import { contextOf } from '../context/request-context.js';
import { AppError } from '../errors/app-error.js';
import { transaction } from '../database/transaction.js';
import { payloadOf } from '../http/body.middleware.js';
import { checkInputs } from '../http/check-inputs.js';
import type { Contract } from '../http/contract.js';
import { answerBegins } from '../http/deadline.js';
import { routeOf } from '../http/exception.filter.js';
import { SerializedResponse, serializeResponse } from '../http/serialized-response.js';
import { fingerprint, fingerprintKeys } from './fingerprint.js';
import { IdempotencyRecord } from './idempotency-record.js';
import { parseKey } from './key.js';

const ANONYMOUS = 0;

/**
 * A request with an `Idempotency-Key` happens once: the handler runs in one transaction with the key's row, its effect and
 * the answer, which is committed before the answer is sent. The same request again gets the same answer. Everything that
 * the handler writes through TypeORM is in that transaction.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly keys: readonly Buffer[];

  constructor(
    private readonly db: EntityManager,
    private readonly clock: Clock,
    @Inject(Config) { secrets }: Config,
  ) {
    this.keys = fingerprintKeys(secrets);
  }

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (execution.getType() !== 'http') return next.handle();
    const request = execution.switchToHttp().getRequest<Request>();
    const contract = contextOf(request)?.contract;
    if (!contract?.keyed || request.headers['idempotency-key'] === undefined) return next.handle();
    return from(this.once(request, contract, next));
  }

  private async once(request: Request, contract: Contract, next: CallHandler): Promise<SerializedResponse> {
    const record = this.recordOf(request, String(request.headers['idempotency-key']));
    checkInputs(request, contract); // a bad request is a 422 whatever its key
    const before = await record.answer(this.db);
    if (before) return before;
    try {
      return await this.run(request, contract, record, next);
    } catch (error) {
      // what the handler refuses may be what the first request, committed meanwhile, has made of it
      const meanwhile = await record.answer(this.db);
      if (meanwhile) return meanwhile;
      throw error;
    }
  }

  private run(
    request: Request,
    contract: Contract,
    record: IdempotencyRecord,
    next: CallHandler,
  ): Promise<SerializedResponse> {
    return transaction(this.db, async (tx) => {
      if (!(await record.claim(tx))) return (await record.answer(tx))!;
      const given: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
      const answer = given instanceof SerializedResponse ? given : serializeResponse(request, contract, given);
      assertAwaited(request);
      answerBegins(contextOf(request)!); // what is committed now is not refused meanwhile
      await record.keep(tx, answer);
      return answer;
    });
  }

  private recordOf(request: Request, value: string): IdempotencyRecord {
    const { method, url, headers } = request;
    const user = request.user as Caller | undefined;
    const key = parseKey(value);
    const body = payloadOf(request).bytes ?? (request as RawBodyRequest<Request>).rawBody;
    const same = { method, url, contentType: headers['content-type'], body, role: user?.role };
    const fingerprints = this.keys.map((secret) => fingerprint(secret, same));
    const identity = {
      caller_id: user?.id ?? ANONYMOUS,
      operation: `${method} ${routeOf(request)}`,
      key,
      fingerprints,
    };
    return new IdempotencyRecord(identity, () => this.clock.now());
  }
}

/** The client has left: nothing is committed that nobody hears of. Their next try is the first one. */
function assertAwaited({ res }: Request): void {
  if (res!.closed) throw new AppError('The client has left before the answer', 503);
}
