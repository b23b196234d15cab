import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '../jobs/jobs.service.js';
import { deleteInBatches } from '../jobs/delete-in-batches.js';
import { Clock } from '../kernel/common/clock.js';

/** Skips locked keys: a request is using them again, and the job must not wait for it. */
const EXPIRED = `
  delete from idempotency_keys where (caller_id, operation, key) in (
    select caller_id, operation, key from idempotency_keys where expires_at <= $2
    limit $1 for update skip locked
  ) returning 1`;

/** Deletes expired idempotency keys and their stored responses, every hour. */
@Injectable()
export class KeyCleanUp implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.every('41 * * * *', 'idempotency-key-clean-up', (job) =>
      deleteInBatches(job, EXPIRED, [new Date(this.clock.now())]),
    );
  }
}
