import type { JobWithMetadata } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { repositoryOf } from '../kernel/database/base.repository.js';
import { AttemptLostError } from './attempt.errors.js';
import { JobRow } from './job-row.entity.js';

const ACTIVE_ATTEMPT = `name = :name and id = :id and state = 'active' and retry_count = :retryCount`;

/**
 * Locks the job's row until the transaction ends, if this attempt still has the job. Throws AttemptLostError otherwise.
 * pg-boss's `touch` has the same condition, but does not return whether it found the job, and sets the heartbeat to the
 * start of the transaction, so that a worker would lose its job after a step of 9 s.
 */
export async function lockAttempt(
  tx: EntityManager,
  { name, id, retryCount }: Pick<JobWithMetadata, 'name' | 'id' | 'retryCount'>,
): Promise<void> {
  const job = repositoryOf(tx, JobRow).where(ACTIVE_ATTEMPT).only('id').locked('for_no_key_update');
  if (!(await job.one({ name, id, retryCount }))) throw new AttemptLostError();
}
