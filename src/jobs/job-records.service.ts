import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { PgBoss } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import type { Page } from '../kernel/database/page.js';
import type { SelectQuery } from '../kernel/database/select-query.js';
import { transaction } from '../kernel/database/transaction.js';
import { ownerOf, type Caller } from '../kernel/access/access.js';
import { DEAD_LETTERS, IS_LISTED, JobRow, JobState } from './job-row.entity.js';
import type { JobListQuery, JobResponse } from './jobs.dto.js';
import { existing } from '../kernel/errors/existing.js';
import { jobNotFound, wrongJobState } from './jobs.errors.js';
import { RETENTION_SECONDS, RETRY_LIMIT } from './queue-options.js';
import { requeue } from './requeue.js';
import { transactionDb } from './transaction-db.js';

// The service behind /jobs.

/** The states in which a job may be retried or cancelled. */
const ALLOWED = {
  retried: [JobState.failed, JobState.cancelled, JobState.retry],
  cancelled: [JobState.created, JobState.retry, JobState.active],
};

/** The jobs as the API shows them: lists them, and lets admins retry and cancel them. */
@Injectable()
export class JobRecordsService {
  constructor(
    @InjectRepository(JobRow) private readonly jobs: BaseRepository<JobRow>,
    @Inject(PgBoss) private readonly boss: PgBoss,
  ) {}

  /** Lists the caller's jobs, or all jobs for an admin, oldest first. */
  async list(caller: Caller, { kind, state, ...page }: JobListQuery): Promise<Page<JobResponse>> {
    let found = this.visibleTo(caller);
    if (kind != null) found = found.where('name = :kind');
    if (state != null) found = found.where('state = cast(:state as pgboss.job_state)');
    const parameters = { owner: caller.id, kind, state };
    return (await found.page(page, parameters)).convert(toJobResponse);
  }

  /** Returns a job. Throws jobNotFound, also for a job of another account. */
  async get(caller: Caller, id: string): Promise<JobResponse> {
    const job = await this.visibleTo(caller).where('id = :id').one({ id, owner: caller.id });
    return toJobResponse(existing(job, jobNotFound, id));
  }

  /**
   * Makes the job due now, with all attempts again and under the same id. Deletes its copy in the dead letter queue.
   * Throws jobNotFound, wrongJobState.
   */
  retry(caller: Caller, id: string): Promise<JobResponse> {
    return this.change(caller, id, 'retried', async (tx, job) => {
      const retryLimit = job.retry_count + 1 + RETRY_LIMIT;
      await requeue(this.boss, tx, job, { startAfter: 0, retryLimit, retentionSeconds: RETENTION_SECONDS });
      const copies = this.jobs.where(`name = '${DEAD_LETTERS}' and source_root_id = :id`);
      const ids = (await copies.all({ id })).map((copy) => copy.id);
      if (ids.length > 0) await this.boss.deleteJob(DEAD_LETTERS, ids, { db: transactionDb(tx) });
    });
  }

  /**
   * Cancels the job. A running attempt gets an AttemptLostError when it tries to commit. Throws jobNotFound,
   * wrongJobState.
   */
  cancel(caller: Caller, id: string): Promise<JobResponse> {
    return this.change(caller, id, 'cancelled', (tx, { name }) =>
      this.boss.cancel(name, id, { db: transactionDb(tx) }),
    );
  }

  private change(
    caller: Caller,
    id: string,
    wanted: keyof typeof ALLOWED,
    work: (tx: EntityManager, job: JobRow) => Promise<unknown>,
  ): Promise<JobResponse> {
    return transaction(this.jobs.manager, async (tx) => {
      const one = this.jobs.where(IS_LISTED).where('id = :id');
      const job = existing(await one.locked().one({ id }), jobNotFound, id);
      if (!ALLOWED[wanted].includes(job.state)) throw wrongJobState(job.state, wanted);
      await work(tx, job);
      const details = { kind: job.name, from: job.state };
      await audit(tx, { actor_id: caller.id, action: `job.${wanted}`, subject: `jobs/${id}`, details });
      return toJobResponse((await one.one({ id }))!);
    });
  }

  /** A query for the caller's own jobs, or all jobs for an admin. */
  private visibleTo(caller: Caller): SelectQuery<JobRow> {
    const jobs = this.jobs.where(IS_LISTED);
    return ownerOf(caller) === null ? jobs : jobs.where('group_id = cast(:owner as text)');
  }
}

export function toJobResponse({ name, group_id, output, ...job }: JobRow): JobResponse {
  const failure = output?.message ?? output?.value?.message ?? null;
  return {
    id: job.id,
    kind: name,
    state: job.state,
    user_id: group_id === null ? null : Number(group_id),
    attempts: job.started_on === null ? 0 : job.retry_count + 1,
    created_at: job.created_on,
    due_at: job.start_after,
    started_at: job.started_on,
    finished_at: job.completed_on,
    failure: job.state === JobState.completed ? null : failure,
  };
}
