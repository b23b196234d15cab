import type { EntityManager } from 'typeorm';
import { audit, type Audited } from '../audit/audit.js';
import { isReadOnly } from '../kernel/errors/database-errors.js';
import { notRecorded } from './exports.errors.js';

/**
 * Records an export in the audit trail before any data is sent. It is the only write of these requests. Throws
 * notRecorded if the database is read-only.
 */
export async function recordExport(db: EntityManager, event: Audited): Promise<void> {
  try {
    await audit(db, event);
  } catch (error) {
    throw isReadOnly(error) ? notRecorded() : error;
  }
}
