import type { JobAttempt } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { repositoryOf } from '../kernel/database/base.repository.js';
import { AttemptLostError } from './attempt.errors.js';
import { JobRow } from './job-row.entity.js';

const ACTIVE_ATTEMPT = `name = :name and id = :id and state = 'active' and retry_count = :retryCount`;

/**
 * Locks the job's row until the end of the transaction, if this attempt still has the job; else throws AttemptLostError.
 * pg-boss's `touch` is fenced like this, but its public answer does not say whether the job was found, and it sets the
 * heartbeat back to the beginning of the transaction: a worker loses its job soon after a step of 9 s.
 */
export async function lockAttempt(tx: EntityManager, attempt: JobAttempt & { readonly name: string }): Promise<void> {
  const { name, id, retryCount } = attempt;
  const held = repositoryOf(tx, JobRow).where(ACTIVE_ATTEMPT).only('id').locked('for_no_key_update');
  if (!(await held.one({ name, id, retryCount }))) throw new AttemptLostError();
}
