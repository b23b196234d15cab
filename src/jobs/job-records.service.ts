import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { read, type Read } from '../kernel/database/read.js';
import { execute } from '../kernel/database/statement.js';
import { transaction } from '../kernel/database/transaction.js';
import { ownerOf, type Caller } from '../kernel/access/access.js';
import { Page } from '../kernel/database/page.js';
import { slice } from '../kernel/http/pagination.js';
import { JobRow, JobState } from './job-row.entity.js';
import type { JobListQuery, JobResponse } from './jobs.dto.js';
import { jobNotFound, wrongJobState } from './jobs.errors.js';
import { CANCEL, OURS, RETRY } from './statements.js';

/** What an admin may do with a job, and in which states. */
export const MOVES = {
  retried: { statement: RETRY, from: [JobState.failed, JobState.cancelled, JobState.retry] },
  cancelled: { statement: CANCEL, from: [JobState.created, JobState.retry, JobState.active] },
} as const;

const jobs = read(JobRow).where(OURS);
const jobsOf = jobs.where('group_id = cast(:owner as text)');

/** What can be seen of the queue, and done to it from outside. */
@Injectable()
export class JobRecords {
  constructor(private readonly db: EntityManager) {}

  /** The caller's jobs, oldest first; all for an admin. */
  async list(caller: Caller, { kind, state, ...page }: JobListQuery): Promise<Page<JobResponse>> {
    let found = visible(caller);
    if (kind != null) found = found.where('name = :kind');
    if (state != null) found = found.where('state = cast(:state as pgboss.job_state)');
    const parameters = { owner: caller.id, kind, state };
    const { rows, edges } = await slice(this.db, found, page, parameters, 'id', 'uuid');
    return new Page(rows.map(shown), edges);
  }

  /** Throws jobNotFound, also for a job of somebody else. */
  async get(caller: Caller, id: string): Promise<JobResponse> {
    const job = await visible(caller).where('id = :id').one(this.db, { id, owner: caller.id });
    if (!job) throw jobNotFound(id);
    return shown(job);
  }

  /**
   * Lets it be tried again now, with all attempts before it; or ends it: an attempt that runs finds that the job is not its own
   * any more, and changes nothing. Throws jobNotFound, wrongJobState.
   */
  move(caller: Caller, id: string, wanted: keyof typeof MOVES): Promise<JobResponse> {
    const { statement, from } = MOVES[wanted];
    return transaction(this.db, async (tx) => {
      const one = jobs.where('id = :id');
      const job = await one.locked('pessimistic_write').one(tx, { id });
      if (!job) throw jobNotFound(id);
      if (!(from as readonly JobState[]).includes(job.state)) throw wrongJobState(job.state, wanted);
      await execute(tx, statement, [job.name, id]);
      const details = { kind: job.name, from: job.state };
      await audit(tx, { actor_id: caller.id, action: `job.${wanted}`, subject: `jobs/${id}`, details });
      return shown((await one.one(tx, { id }))!);
    });
  }
}

/** The jobs through the caller's eyes: his own, or all for an admin. */
function visible(caller: Caller): Read<JobRow> {
  return ownerOf(caller) === null ? jobs : jobsOf;
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
