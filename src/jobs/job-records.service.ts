import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { audit } from '../audit/audit.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import type { Page } from '../kernel/database/page.js';
import type { Read } from '../kernel/database/read.js';
import { execute } from '../kernel/database/statement.js';
import { transaction } from '../kernel/database/transaction.js';
import { ownerOf, type Caller } from '../kernel/access/access.js';
import { JobRow, JobState } from './job-row.entity.js';
import type { JobListQuery, JobResponse } from './jobs.dto.js';
import { jobNotFound, wrongJobState } from './jobs.errors.js';
import { CANCEL, OURS, RETRY } from './statements.js';

/** What an admin may do with a job, and in which states. */
export const MOVES = {
  retried: { statement: RETRY, from: [JobState.failed, JobState.cancelled, JobState.retry] },
  cancelled: { statement: CANCEL, from: [JobState.created, JobState.retry, JobState.active] },
} as const;

/** What can be seen of the queue, and done to it from outside. */
@Injectable()
export class JobRecords {
  constructor(@InjectRepository(JobRow) private readonly jobs: BaseRepository<JobRow>) {}

  /** The caller's jobs, oldest first; all for an admin. */
  async list(caller: Caller, { kind, state, ...page }: JobListQuery): Promise<Page<JobResponse>> {
    let found = this.visible(caller);
    if (kind != null) found = found.where('name = :kind');
    if (state != null) found = found.where('state = cast(:state as pgboss.job_state)');
    const parameters = { owner: caller.id, kind, state };
    return (await found.page(page, parameters)).convert(shown);
  }

  /** Throws jobNotFound, also for a job of somebody else. */
  async get(caller: Caller, id: string): Promise<JobResponse> {
    const job = await this.visible(caller).where('id = :id').one({ id, owner: caller.id });
    if (!job) throw jobNotFound(id);
    return shown(job);
  }

  /**
   * Lets it be tried again now, with all attempts before it; or ends it: an attempt that runs finds that the job is not its own
   * any more, and changes nothing. Throws jobNotFound, wrongJobState.
   */
  move(caller: Caller, id: string, wanted: keyof typeof MOVES): Promise<JobResponse> {
    const { statement, from } = MOVES[wanted];
    return transaction(this.jobs.manager, async (tx) => {
      const one = this.jobs.where(OURS).where('id = :id');
      const job = await one.locked().one({ id });
      if (!job) throw jobNotFound(id);
      if (!(from as readonly JobState[]).includes(job.state)) throw wrongJobState(job.state, wanted);
      await execute(tx, statement, [job.name, id]);
      const details = { kind: job.name, from: job.state };
      await audit(tx, { actor_id: caller.id, action: `job.${wanted}`, subject: `jobs/${id}`, details });
      return shown((await one.one({ id }))!);
    });
  }

  /** The jobs through the caller's eyes: their own, or all for an admin. */
  private visible(caller: Caller): Read<JobRow> {
    const jobs = this.jobs.where(OURS);
    return ownerOf(caller) === null ? jobs : jobs.where('group_id = cast(:owner as text)');
  }
}

function shown({ name, group_id, output, ...job }: JobRow): JobResponse {
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
