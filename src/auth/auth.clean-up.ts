import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '../jobs/jobs.service.js';
import { sweep } from '../jobs/sweep.js';
import { Config } from '../kernel/config/config.js';

/** Sessions are kept for a month after their end, by whatever way they came to it. `$2`: days without use that end one. */
const SESSIONS = `
  delete from sessions where id in (
    select id from sessions
    where least(revoked_at, expires_at, last_used_at + $2 * interval '1 day') < now() - interval '30 days' limit $1
  ) returning 1`;

/** Expired access tokens are listed for a month, so that their owners see why a script stopped. */
const ACCESS_TOKENS = `
  delete from access_tokens where id in (
    select id from access_tokens where expires_at < now() - interval '30 days' limit $1
  ) returning 1`;

/** Forgets, each night, what nobody can sign in with any more. */
@Injectable()
export class AuthCleanUp implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    @Inject(Config) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    const idleDays = this.config.values.REFRESH_IDLE_DAYS;
    this.jobs.every('11 3 * * *', 'session-clean-up', (job) => sweep(job, SESSIONS, [idleDays]));
    this.jobs.every('17 3 * * *', 'access-token-clean-up', (job) => sweep(job, ACCESS_TOKENS));
  }
}
