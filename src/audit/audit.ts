import type { EntityManager } from 'typeorm';
import { clientNetwork } from '../kernel/http/client-address.js';
import { repositoryOf } from '../kernel/database/base.repository.js';
import { currentContext } from '../kernel/context/request-context.js';
import { AuditEvent } from './audit-event.entity.js';

export interface Audited {
  readonly actor_id: number | null;
  readonly action: string;
  readonly subject: string;
  readonly details?: Record<string, unknown>;
}

/** Adds to the audit trail, in the transaction of the change that it tells of. */
export async function audit(tx: EntityManager, event: Audited): Promise<void> {
  const context = currentContext();
  const origin = { request_id: context?.id ?? null, address: context ? clientNetwork(context.response.req) : null };
  await repositoryOf(tx, AuditEvent).insertOne({ ...event, ...origin });
}
