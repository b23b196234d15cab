import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Request } from 'express';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { EntityManager } from 'typeorm';
import { contextOf } from '../context/request-context.js';
import { checkPrecondition, setPrecondition, type RowPrecondition } from '../database/row-preconditions.js';
import { transaction } from '../database/transaction.js';
import type { VersionedRow } from '../database/versioned.js';
import { ENDS_WITH_ID, type Contract } from './contract.js';
import { headersBefore, resetAttempt } from './handler-attempts.js';
import { partsOf } from './response-with-headers.js';

// Conditional writes: If-Match and If-None-Match.

const SAFE_METHODS = new Set(['GET', 'HEAD']);
/** Ids as PostgreSQL prints them. For other spellings, the first changed row of the table is checked. */
const CANONICAL_ID = /^(?:[1-9]\d*|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/;

/**
 * Enforces `If-Match` and `If-None-Match` on writes: the handler runs in a transaction that stores the preconditions,
 * and the database checks them when the row is changed, however the handler changes it. Requests without preconditions
 * get no transaction.
 */
@Injectable()
export class PreconditionInterceptor implements NestInterceptor {
  constructor(private readonly db: EntityManager) {}

  appliesTo({ resource, isGet }: Contract): boolean {
    return resource !== undefined && !isGet;
  }

  intercept(execution: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const request = execution.getArgByIndex<Request>(0);
    const context = contextOf(request)!;
    const { contract, preconditions } = context;
    const { resource: entity, returns } = contract!;
    const { requiresIfMatch: required, model } = returns;
    if (SAFE_METHODS.has(request.method) || (preconditions === undefined && !required)) return next.handle();
    const given: RowPrecondition = { entity: entity!, id: idOf(request, contract!), preconditions, required };
    const before = headersBefore(request);
    const result = transaction(this.db, async (tx) => {
      resetAttempt(request, before);
      context.preconditionFailure = undefined;
      await setPrecondition(tx, given);
      const answer = await lastValueFrom(next.handle(), { defaultValue: undefined });
      await checkPrecondition(tx, versionOf(partsOf(answer, model).body));
      return answer;
    });
    return from(result.catch((error: unknown) => Promise.reject(context.preconditionFailure ?? error)));
  }
}

/** The last parameter of the path, if it is an id in canonical form. */
function idOf({ params }: Request, { path }: Contract): RowPrecondition['id'] {
  if (!ENDS_WITH_ID.test(path)) return undefined;
  const name = path.slice(path.lastIndexOf(':') + 1);
  const value = params[name];
  return typeof value === 'string' && CANONICAL_ID.test(value) ? { name, value } : undefined;
}

/** The version of the row in a response. */
function versionOf(body: unknown): number | undefined {
  const version = (body as Partial<VersionedRow> | null | undefined)?.version;
  return Number.isInteger(version) ? version : undefined;
}
