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
import { isPipedModel, type Contract, type Input } from '../http/contract.js';
import { answerBegins } from '../http/deadline.js';
import { routeOf } from '../http/exception.filter.js';
import { SerializedResponse, serializeResponse } from '../http/serialized-response.js';
import { isMergePatch } from '../validation/changes.js';
import { fingerprint, fingerprintKeys, fingerprintOfBytes } from './fingerprint.js';
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
    if (!contract?.takesIdempotencyKey || request.headers['idempotency-key'] === undefined) return next.handle();
    return from(this.once(request, contract, next));
  }

  private async once(request: Request, contract: Contract, next: CallHandler): Promise<SerializedResponse> {
    const key = parseKey(String(request.headers['idempotency-key']));
    const record = this.recordOf(request, contract, key); // a bad request is a 422 whatever its key
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

  /** Throws what checkInputs throws. */
  private recordOf(request: Request, contract: Contract, key: string): IdempotencyRecord {
    const user = request.user as Caller | undefined;
    const identity = {
      caller_id: user?.id ?? ANONYMOUS,
      operation: `${request.method} ${routeOf(request)}`,
      key,
      fingerprints: this.fingerprintsOf(request, contract, user?.role),
    };
    return new IdempotencyRecord(identity, () => this.clock.now());
  }

  private fingerprintsOf(request: Request, contract: Contract, role: string | undefined): Buffer[] {
    const { method, url, headers, params } = request;
    const { inputs } = contract;
    const values = checkInputs(request, contract);
    const understood = {
      inputs: inputs.map((input) => meaningOf(values.get(input))),
      params: untaken(params, inputs),
      role,
      nullIsAbsent: method !== 'PATCH' && !inputs.some(isPipedModel),
    };
    const body = payloadOf(request).bytes ?? (request as RawBodyRequest<Request>).rawBody;
    const sent = { method, url, contentType: headers['content-type'], body, role };
    return [
      ...this.keys.map((key) => fingerprint(key, understood)),
      ...this.keys.map((key) => fingerprintOfBytes(key, sent)),
    ];
  }
}

/** A merge patch means something else than the same JSON. */
const meaningOf = (value: unknown) => (isMergePatch(value) ? { merge: value } : value);

/** The parts of the path that no input takes. */
function untaken(params: Request['params'], inputs: readonly Input[]): Record<string, unknown> {
  if (inputs.some(({ from }) => from === 'path model')) return {};
  const taken = new Set(inputs.flatMap((input) => (input.from === 'path' ? [input.name] : [])));
  return Object.fromEntries(Object.entries(params).filter(([name]) => !taken.has(name)));
}

/** The client has left: nothing is committed that nobody hears of. Their next try is the first one. */
function assertAwaited({ res }: Request): void {
  if (res!.closed) throw new AppError('The client disconnected before the response', 503);
}
