import type { EntityManager } from 'typeorm';
import { audit, type Audited } from '../audit/audit.js';
import { isReadOnly } from '../kernel/errors/database-errors.js';
import { notRecorded } from './exports.errors.js';

/** Writes down who takes what, before they get it: the one write of these reads. Throws notRecorded. */
export async function recordExport(db: EntityManager, event: Audited): Promise<void> {
  try {
    await audit(db, event);
  } catch (error) {
    throw isReadOnly(error) ? notRecorded() : error;
  }
}
