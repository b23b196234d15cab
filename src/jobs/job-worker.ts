import { setTimeout as sleep } from 'node:timers/promises';
import type { JobResult, JobWithMetadata, PgBoss } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { Histogram } from '../kernel/common/instruments.js';
import { activeSpanContext, failActiveSpan, inQueuedSpan } from '../kernel/common/tracing.js';
import { runAsActivity, type Activity } from '../kernel/context/activity.js';
import { parseTraceParent } from '../kernel/context/trace-parent.js';
import type { Logger } from '../kernel/logging/logger.js';
import { AttemptLostError, PostponeJobError } from './attempt.errors.js';
import type { StoredData } from './job-kind.js';
import { JobAttempt } from './job-attempt.js';
import { workerOptions } from './queue-options.js';
import { runAttempt, type Outcome, type Registration } from './run-attempt.js';

const ATTEMPTS = new Histogram({
  name: 'aerie_job_attempt_duration_seconds',
  help: 'Job attempts by kind and outcome: completed, failed (will be retried), dead_letter, postponed (not counted as an attempt), lost (another process has taken over the job).',
  labels: ['kind', 'outcome'],
  buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900],
});

/** Fetches jobs from the queue, runs their handlers, and records the outcome. */
export class JobWorker {
  private readonly kinds: string[] = [];
  private readonly running = new Set<JobAttempt>();

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
        (jobs) => Promise.all(jobs.map((job) => this.trace(registration, job))),
      );
      this.kinds.push(kind.name);
    }
  }

  /**
   * Stops fetching, waits up to `withinMs` for running jobs, and releases the rest, so that other processes run them at
   * once.
   */
  async stop(withinMs: number): Promise<void> {
    const finished = Promise.all(this.kinds.map((name) => this.boss.offWork(name)));
    await Promise.race([finished, sleep(withinMs, undefined, { ref: false })]);
    for (const job of this.running) await job.release(0);
  }

  /** Runs the attempt as part of the request and of the trace that caused the job. */
  private trace(registration: Registration, fetched: JobWithMetadata): Promise<JobResult> {
    const { request_id, traceparent } = (fetched.data as StoredData | null)?.origin ?? {};
    const parentSpan = parseTraceParent(traceparent);
    const attributes = { 'aerie.job_id': fetched.id, 'aerie.attempt': fetched.retryCount + 1 };
    return inQueuedSpan(parentSpan, `job ${fetched.name}`, attributes, () => {
      const trace_id = activeSpanContext()?.traceId ?? parentSpan?.traceId;
      const about = { id: request_id, trace_id, parentSpan, job_id: fetched.id };
      const activity: Activity = { ...about, startedAt: performance.now(), statements: [] };
      return runAsActivity(activity, () => this.run(registration, fetched, activity));
    });
  }

  private async run(registration: Registration, fetched: JobWithMetadata, activity: Activity): Promise<JobResult> {
    const job = new JobAttempt(this.boss, this.db, fetched);
    this.running.add(job);
    const outcome = await runAttempt(registration, fetched, job).finally(() => this.running.delete(job));
    const label = outcomeLabel(outcome, job);
    const ms = performance.now() - activity.startedAt;
    ATTEMPTS.record(ms, { kind: fetched.name, outcome: label });
    this.logAttempt(job, activity, label, ms);
    const { result, error } = outcome;
    if (error !== undefined) failActiveSpan(error);
    if (error instanceof PostponeJobError || error instanceof AttemptLostError) {
      this.logger.warn(`Job ${fetched.name} ${fetched.id}: ${error.message}`);
    } else if (error !== undefined) {
      this.logger.error(error, `Job ${fetched.name} ${fetched.id} failed`);
    }
    return result;
  }

  /** Adds the attempt and its statements to the request history if a request caused the job; at level debug, logs them. */
  private logAttempt({ attempt }: JobAttempt, activity: Activity, outcome: string, ms: number): void {
    const { id, job_id } = activity;
    const facts = { request_id: id, job_id, attempt, outcome, ms: Math.round(ms) };
    this.logger.activity(JSON.stringify({ ...facts, msg: 'job' }).slice(1, -1), activity);
  }
}

function outcomeLabel({ result, error }: Outcome, job: JobAttempt): string {
  if (error instanceof AttemptLostError) return 'lost';
  if (result.status === 'completed') return error === undefined ? 'completed' : 'postponed';
  return result.status === 'deadletter' || job.isLast ? 'dead_letter' : 'failed';
}
