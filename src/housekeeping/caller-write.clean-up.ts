import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '../jobs/jobs.service.js';
import { deleteInBatches } from '../jobs/delete-in-batches.js';

/**
 * Deletes records of writes after an hour. Replicas that lag more than REPLICA_MAX_LAG_SECONDS (at most 600) are not
 * read.
 */
const REPLICATED = `
  delete from caller_writes where caller in (
    select caller from caller_writes where written_at < now() - interval '1 hour' limit $1 for update skip locked
  ) returning 1`;

/** Deletes the records of writes that all replicas have, every hour. */
@Injectable()
export class CallerWriteCleanUp implements OnModuleInit {
  constructor(private readonly jobs: Jobs) {}

  onModuleInit(): void {
    this.jobs.every('47 * * * *', 'caller-write-clean-up', (job) => deleteInBatches(job, REPLICATED));
  }
}
