import type { EntityManager } from 'typeorm';
import { currentContext } from '../context/request-context.js';
import { entityTag, judge } from '../context/preconditions.js';
import { preconditionFailed, preconditionRequired } from '../errors/precondition.errors.js';
import type { VersionedRow } from './versioned.js';

/** Transactions whose row has been judged: their own changes count it up. */
const judged = new WeakSet<EntityManager>();

/**
 * Judges the request's preconditions by the locked row that its path names, before the first change to it. Other rows,
 * and work that no request asked for, are nothing to it. Throws preconditionFailed, preconditionRequired.
 */
export function judgeRow(tx: EntityManager, Entity: unknown, row: object): void {
  const { contract, preconditions } = currentContext() ?? {};
  if (contract?.resource === undefined || contract.resource !== Entity || judged.has(tx)) return;
  if (contract.returns?.onlyIfMatch && preconditions?.ifMatch === undefined) throw preconditionRequired();
  if (preconditions && judge(preconditions, entityTag((row as VersionedRow).version)) !== 'good') {
    throw preconditionFailed();
  }
  judged.add(tx);
}
