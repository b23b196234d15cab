import { setTimeout as sleep } from 'node:timers/promises';
import type { JobResult, JobWithMetadata, PgBoss } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { Histogram } from '../kernel/common/instruments.js';
import type { Logger } from '../kernel/logging/logger.js';
import { AttemptLostError, PostponeJobError } from './attempt.errors.js';
import { Job } from './job.js';
import { workerOptions } from './queue-options.js';
import { runAttempt, type Outcome, type Registration } from './run-attempt.js';

const ATTEMPTS = new Histogram({
  name: 'aerie_job_attempt_duration_seconds',
  help: 'Attempts at jobs by kind and outcome: completed, failed (another one follows), dead_letter, postponed (it does not count), lost (another process has the job).',
  labels: ['kind', 'outcome'],
  buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900],
});

/** Fetches jobs from the queue, runs their handlers, and records the outcome. */
export class Worker {
  private readonly kinds: string[] = [];
  private readonly running = new Set<Job>();

  constructor(
    private readonly boss: PgBoss,
    private readonly db: EntityManager,
    private readonly logger: Logger,
  ) {}

  async start(registrations: readonly Registration[]): Promise<void> {
    for (const registration of registrations) {
      const { kind } = registration;
      await this.boss.work<object, JobResult[], ReturnType<typeof workerOptions>>(
        kind.name,
        workerOptions(kind),
        (jobs) => Promise.all(jobs.map((job) => this.run(registration, job))),
      );
      this.kinds.push(kind.name);
    }
  }

  /** Stops fetching, waits up to `withinMs` for running jobs, and releases the rest, so that other processes run them at once. */
  async stop(withinMs: number): Promise<void> {
    const finished = Promise.all(this.kinds.map((name) => this.boss.offWork(name)));
    await Promise.race([finished, sleep(withinMs, undefined, { ref: false })]);
    for (const job of this.running) await job.release(0);
  }

  private async run(registration: Registration, fetched: JobWithMetadata): Promise<JobResult> {
    const job = new Job(this.boss, this.db, fetched);
    this.running.add(job);
    const began = performance.now();
    const outcome = await runAttempt(registration, fetched, job).finally(() => this.running.delete(job));
    ATTEMPTS.recordSince(began, { kind: fetched.name, outcome: outcomeLabel(outcome, job) });
    const { result, error } = outcome;
    if (error instanceof PostponeJobError || error instanceof AttemptLostError) {
      this.logger.warn(`Job ${fetched.name} ${fetched.id}: ${error.message}`);
    } else if (error !== undefined) {
      this.logger.error(error, `Job ${fetched.name} ${fetched.id} failed`);
    }
    return result;
  }
}

function outcomeLabel({ result, error }: Outcome, job: Job): string {
  if (error instanceof AttemptLostError) return 'lost';
  if (result.status === 'completed') return error === undefined ? 'completed' : 'postponed';
  return result.status === 'deadletter' || job.isLast ? 'dead_letter' : 'failed';
}
