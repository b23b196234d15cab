import type { JobResult, JobWithMetadata } from 'pg-boss';
import { AppError } from '../kernel/errors/app-error.js';
import { AttemptLostError, PostponeJobError, UnrecoverableJobError } from './attempt.errors.js';
import { validatePayload, type JobHandler, type JobKind } from './job-kind.js';
import type { Job } from './job.js';
import { MAX_RETRY_DELAY_SECONDS } from './queue-options.js';

type Fetched = JobWithMetadata<object | null>;

const MAX_POSTPONED_MS = 2 * 86_400_000;

/** A kind of job and the handler that does its work. */
export interface Registration {
  readonly kind: JobKind<object>;
  readonly handler: JobHandler<object>;
}

/** The outcome for pg-boss, and the error for the log. */
export interface Outcome {
  readonly result: JobResult;
  readonly error?: unknown;
}

/** Runs one attempt at a job: validates its payload, calls the handler, and translates what it threw. */
export async function runAttempt({ kind, handler }: Registration, fetched: Fetched, job: Job): Promise<Outcome> {
  const { id } = fetched;
  // For pg-boss a job that the handler has finished, lost or given back is "completed": nothing is left for it to change.
  const settled: JobResult = { id, status: 'completed' };
  try {
    await handler(payloadOf(kind, fetched.data), job);
    return { result: settled };
  } catch (error) {
    const output = { message: publicMessage(error) };
    if (error instanceof AttemptLostError) return { result: settled, error };
    if (error instanceof PostponeJobError && (await postpone(fetched, job, output))) return { result: settled, error };
    return { result: { id, status: error instanceof UnrecoverableJobError ? 'deadletter' : 'failed', output }, error };
  }
}

/** What users of `/jobs` may read of an error: sentences that were written for them. The rest is for the log. */
function publicMessage(error: unknown): string {
  const isPublic =
    error instanceof PostponeJobError || error instanceof UnrecoverableJobError || error instanceof AppError;
  return isPublic ? error.message : 'Internal error';
}

/** The validated payload. Throws UnrecoverableJobError: another attempt would find the same. */
function payloadOf(kind: JobKind<object>, data: object | null): object {
  const { version = 1, ...payload } = (data ?? {}) as { version?: number };
  if (version !== kind.version) throw new UnrecoverableJobError(`Version ${version} of ${kind.name} is not known`);
  try {
    return validatePayload(kind, payload);
  } catch (error) {
    throw new UnrecoverableJobError((error as Error).message, { cause: error });
  }
}

/** Lets the job wait as long as after a failure. False for one that is too old: its attempts count from now on. */
async function postpone({ createdOn, retryCount }: Fetched, job: Job, output: object): Promise<boolean> {
  if (Date.now() - createdOn.getTime() > MAX_POSTPONED_MS) return false;
  const seconds = 2 ** Math.min(retryCount, 10) * (1 + Math.random());
  await job.giveBack(Math.min(seconds, MAX_RETRY_DELAY_SECONDS), output);
  return true;
}
