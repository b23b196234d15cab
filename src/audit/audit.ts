import type { EntityManager } from 'typeorm';
import { clientNetwork } from '../kernel/http/client-address.js';
import { repositoryOf } from '../kernel/database/base.repository.js';
import { currentActivity } from '../kernel/context/activity.js';
import { currentContext } from '../kernel/context/request-context.js';
import { AuditEvent } from './audit-event.entity.js';

export interface Audited {
  readonly actor_id: number | null;
  readonly action: string;
  readonly subject: string;
  readonly details?: Record<string, unknown>;
}

/**
 * Writes an audit event, in the transaction of the change. The trace id is stored in the details, since the hashes of
 * the chain cover a fixed list of columns.
 */
export async function audit(tx: EntityManager, event: Audited): Promise<void> {
  const context = currentContext();
  const { id, trace_id } = currentActivity() ?? {};
  const origin = { request_id: id ?? null, address: context ? clientNetwork(context.response.req) : null };
  const details = trace_id === undefined ? event.details : { ...event.details, trace_id };
  await repositoryOf(tx, AuditEvent).insertOne({ ...event, ...origin, ...(details && { details }) });
}
