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
import { Config } from '../../config/config.js';
import { contextOf } from '../context/request-context.js';
import { AppError } from '../errors/app-error.js';
import { transaction } from '../database/transaction.js';
import { payloadOf } from '../http/body.middleware.js';
import { checkInputs } from '../http/check-inputs.js';
import { isPipedModel, IDEMPOTENCY_KEY_METHODS, readsBodyItself, type Contract, type Input } from '../http/contract.js';
import { clearDeadline } from '../http/deadline.js';
import { routeOf } from '../http/exception.filter.js';
import { headersBefore, resetAttempt } from '../http/handler-attempts.js';
import { SerializedResponse, serializeResponse } from '../http/serialized-response.js';
import { isMergePatch } from '../validation/changes.js';
import { fingerprint, fingerprintKeys, rawFingerprint } from './fingerprint.js';
import { headersToStore, restoreHeaders } from './handler-headers.js';
import { IdempotencyRecord } from './idempotency-record.js';
import { parseIdempotencyKey } from './parse-idempotency-key.js';

const ANONYMOUS = 0;

/**
 * Runs a request with an `Idempotency-Key` once. The handler runs in a transaction that also stores the key and the
 * response, and that is committed before the response is sent. A retry gets the stored response. Everything that the
 * handler writes through TypeORM is in this transaction.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private fingerprintKeys: readonly Buffer[];

  constructor(
    private readonly db: EntityManager,
    private readonly clock: Clock,
    @Inject(Config) config: Config,
  ) {
    this.fingerprintKeys = fingerprintKeys(config.secrets);
    config.onKeysChanged(() => (this.fingerprintKeys = fingerprintKeys(config.secrets)));
  }

  appliesTo({ takesIdempotencyKey }: Contract): boolean {
    return takesIdempotencyKey;
  }

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = execution.getArgByIndex<Request>(0);
    if (request.headers['idempotency-key'] === undefined || !IDEMPOTENCY_KEY_METHODS.has(request.method))
      return next.handle();
    return from(this.replayOrRun(request, contextOf(request)!.contract!, next));
  }

  private async replayOrRun(request: Request, contract: Contract, next: CallHandler): Promise<SerializedResponse> {
    const key = parseIdempotencyKey(String(request.headers['idempotency-key']));
    // validates first: an invalid request is a 422, whatever its key
    const record = this.recordOf(request, contract, key);
    const stored = await replay(request, record, this.db);
    if (stored) return stored;
    try {
      return await this.runInTransaction(request, contract, record, next);
    } catch (error) {
      // the handler may have failed because the first request, committed meanwhile, had its effect
      const storedMeanwhile = await replay(request, record, this.db);
      if (storedMeanwhile) return storedMeanwhile;
      throw error;
    }
  }

  private runInTransaction(
    request: Request,
    contract: Contract,
    record: IdempotencyRecord,
    next: CallHandler,
  ): Promise<SerializedResponse> {
    const before = headersBefore(request);
    return transaction(this.db, async (tx) => {
      resetAttempt(request, before);
      if (!(await record.claim(tx))) return (await replay(request, record, tx))!;
      const result: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
      const response = result instanceof SerializedResponse ? result : serializeResponse(request, contract, result);
      assertClientConnected(request);
      // from here the request cannot time out, since a committed request must not get an error
      clearDeadline(contextOf(request)!);
      await record.saveResponse(tx, { ...response, headers: headersToStore(before, request.res!, response.headers) });
      return response;
    });
  }

  /** Returns the record of the request's key. Throws what checkInputs throws. */
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
    const { inputs, selector } = contract;
    const values = checkInputs(request, contract);
    const others = otherValues(request, contract);
    const input = {
      inputs: inputs.map((input) => fingerprintValue(values.get(input))),
      params: unboundParams(params, inputs),
      others: selector === undefined ? others : { ...others, selector },
      role,
      nullIsAbsent: method !== 'PATCH' && !inputs.some(isPipedModel),
    };
    const body = bytesOf(request);
    const sent = { method, url, contentType: headers['content-type'], body, role };
    return [
      ...this.fingerprintKeys.map((key) => fingerprint(key, input)),
      // earlier releases did not distinguish versions and hosts
      ...(selector === undefined ? [] : this.fingerprintKeys.map((key) => fingerprint(key, { ...input, others }))),
      ...this.fingerprintKeys.map((key) => rawFingerprint(key, sent)),
    ];
  }
}

/** Returns the stored response, with the headers that its handler has set on the response object. */
async function replay(request: Request, record: IdempotencyRecord, db: EntityManager) {
  const stored = await record.findResponse(db);
  if (stored === undefined) return undefined;
  restoreHeaders(stored.headers, request.res!);
  return new SerializedResponse(stored.status, ['Idempotency-Replayed', 'true'], stored.body);
}

/** A merge patch has another meaning than the same JSON, so it has another fingerprint. */
const fingerprintValue = (value: unknown) => (isMergePatch(value) ? { merge: value } : value);

/** The path parameters that no input declares. */
function unboundParams(params: Request['params'], inputs: readonly Input[]): Record<string, unknown> {
  if (inputs.some(({ from }) => from === 'path model')) return {};
  const taken = new Set(inputs.flatMap((input) => (input.from === 'path' ? [input.name] : [])));
  return Object.fromEntries(Object.entries(params).filter(([name]) => !taken.has(name)));
}

const bytesOf = (request: RawBodyRequest<Request>) => payloadOf(request).bytes ?? request.rawBody;

/** The headers, cookies, parts of the host and raw body that the handler takes; undefined if it takes none. */
function otherValues(request: Request, contract: Contract): Record<string, unknown> | undefined {
  const { headers, cookies, hosts, body } = contract.rawInputs;
  const takesBody = body === 'bytes' || readsBodyItself(contract);
  if (headers.length + cookies.length + hosts.length === 0 && !takesBody) return undefined;
  const { hosts: host = {} } = request as { hosts?: Record<string, unknown> };
  return {
    headers: Object.fromEntries(headers.map((name) => [name, request.headers[name]])),
    cookies: cookies.length === 0 ? undefined : cookiesSent(request, cookies),
    hosts: Object.fromEntries(hosts.map((name) => [name, host[name]])),
    body: takesBody ? (bytesOf(request)?.toString('base64') ?? (request.body as unknown)) : undefined,
  };
}

/** The cookies with these names as sent: `name=value`. Nest ignores spaces around the name. */
function cookiesSent({ headers }: Request, names: readonly string[]): string[] {
  const sent = (headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
  return names.flatMap((name) => sent.filter((cookie) => cookie.split('=', 1)[0]!.trim() === name));
}

/**
 * Throws a 503 if the client has disconnected, so that nothing is committed whose response is lost: a retry then runs
 * as the first request.
 */
function assertClientConnected({ res }: Request): void {
  if (res!.closed) throw new AppError('The client disconnected before the response', 503);
}
