import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '../jobs/jobs.service.js';
import { deleteInBatches } from '../jobs/delete-in-batches.js';
import { Config } from '../config/config.js';

// Clean-up jobs for sessions and access tokens.

/** Deletes sessions 30 days after they ended: revoked, expired, or unused for `$2` days. */
const DELETE_SESSIONS = `
  delete from sessions where id in (
    select id from sessions
    where least(revoked_at, expires_at, last_used_at + $2 * interval '1 day') < now() - interval '30 days' limit $1
  ) returning 1`;

/** Deletes access tokens 30 days after they expired. Until then owners can see why a script stopped working. */
const DELETE_ACCESS_TOKENS = `
  delete from access_tokens where id in (
    select id from access_tokens where expires_at < now() - interval '30 days' limit $1
  ) returning 1`;

/** Deletes ended sessions and expired access tokens every night. */
@Injectable()
export class AuthCleanUp implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    @Inject(Config) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    const idleDays = this.config.values.REFRESH_IDLE_DAYS;
    this.jobs.every('11 3 * * *', 'session-clean-up', (job) => deleteInBatches(job, DELETE_SESSIONS, [idleDays]));
    this.jobs.every('17 3 * * *', 'access-token-clean-up', (job) => deleteInBatches(job, DELETE_ACCESS_TOKENS));
  }
}
