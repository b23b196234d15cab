import type { EntityManager } from 'typeorm';
import { insert } from '../kernel/database/write.js';
import { currentExchange } from '../kernel/http/exchange.js';
import { AuditEvent } from './audit-event.entity.js';

interface Audited {
  readonly actor_id: number | null;
  readonly action: string;
  readonly subject: string;
  readonly details?: Record<string, unknown>;
}

/** Adds to the audit trail, in the transaction of the change that it tells of. */
export async function audit(tx: EntityManager, event: Audited): Promise<void> {
  await insert(tx, AuditEvent, { ...event, request_id: currentExchange()?.id ?? null });
}
