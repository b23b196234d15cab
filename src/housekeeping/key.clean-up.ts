import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '../jobs/jobs.service.js';
import { deleteInBatches } from '../jobs/delete-in-batches.js';
import { Clock } from '../kernel/common/clock.js';

/** A key that is being used anew is left alone: it is nobody's to wait for. */
const EXPIRED = `
  delete from idempotency_keys where (caller_id, operation, key) in (
    select caller_id, operation, key from idempotency_keys where expires_at <= $2
    limit $1 for update skip locked
  ) returning 1`;

/** Forgets, each hour, the idempotency keys whose day is over, with the answers that were kept for them. */
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
