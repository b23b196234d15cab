import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '../jobs/jobs.service.js';
import { deleteInBatches } from '../jobs/delete-in-batches.js';

/** No replica that is read is as late as this (REPLICA_MAX_LAG_SECONDS). */
const REPLICATED = `
  delete from caller_writes where caller in (
    select caller from caller_writes where written_at < now() - interval '1 hour' limit $1 for update skip locked
  ) returning 1`;

/** Forgets, each hour, writes that every replica has. */
@Injectable()
export class CallerWriteCleanUp implements OnModuleInit {
  constructor(private readonly jobs: Jobs) {}

  onModuleInit(): void {
    this.jobs.every('47 * * * *', 'caller-write-clean-up', (job) => deleteInBatches(job, REPLICATED));
  }
}
