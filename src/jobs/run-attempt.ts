import type { JobResult, JobWithMetadata } from 'pg-boss';
import { AppError } from '../kernel/errors/app-error.js';
import { AttemptLostError, PostponeJobError, UnrecoverableJobError } from './attempt.errors.js';
import { validatePayload, type JobHandler, type JobKind, type StoredData } from './job-kind.js';
import type { JobAttempt } from './job-attempt.js';
import { MAX_RETRY_DELAY_SECONDS } from './queue-options.js';

// Runs one attempt at a job and determines its outcome.

type Fetched = JobWithMetadata<object | null>;

const MAX_POSTPONED_MS = 2 * 86_400_000;

/** A kind of job with its handler. */
export interface Registration {
  readonly kind: JobKind<object>;
  readonly handler: JobHandler<object>;
  /** Whether this process runs such jobs, if it runs any. */
  readonly runsHere: boolean;
}

/** The result for pg-boss, and the error for the log. */
export interface Outcome {
  readonly result: JobResult;
  readonly error?: unknown;
}

/** Runs one attempt at a job: validates the payload, calls the handler, and converts its errors to a result. */
export async function runAttempt({ kind, handler }: Registration, fetched: Fetched, job: JobAttempt): Promise<Outcome> {
  const { id } = fetched;
  // makes pg-boss leave the job as it is: the handler has completed, lost or released it
  const settled: JobResult = { id, status: 'completed' };
  try {
    await handler(parsePayload(kind, fetched.data), job);
    return { result: settled };
  } catch (error) {
    const output = { message: publicMessage(error) };
    if (error instanceof AttemptLostError) return { result: settled, error };
    if (error instanceof PostponeJobError && (await postpone(fetched, job, output))) return { result: settled, error };
    return { result: { id, status: error instanceof UnrecoverableJobError ? 'deadletter' : 'failed', output }, error };
  }
}

/** The message that `/jobs` shows for an error. Messages that were not written for users are only logged. */
function publicMessage(error: unknown): string {
  const isPublic =
    error instanceof PostponeJobError || error instanceof UnrecoverableJobError || error instanceof AppError;
  return isPublic ? error.message : 'Internal error';
}

/** Returns the validated payload. Throws UnrecoverableJobError, since another attempt would get the same payload. */
function parsePayload(kind: JobKind<object>, data: object | null): object {
  const { version = 1, origin: _, ...payload } = (data ?? {}) as StoredData;
  if (version !== kind.version) throw new UnrecoverableJobError(`Version ${version} of ${kind.name} is not known`);
  try {
    return validatePayload(kind, payload);
  } catch (error) {
    throw new UnrecoverableJobError((error as Error).message, { cause: error });
  }
}

/**
 * Releases the job with the same delay as after a failure. Returns false if the job is too old to be postponed; the
 * attempt then counts.
 */
async function postpone({ createdOn, retryCount }: Fetched, job: JobAttempt, output: object): Promise<boolean> {
  if (Date.now() - createdOn.getTime() > MAX_POSTPONED_MS) return false;
  const seconds = 2 ** Math.min(retryCount, 10) * (1 + Math.random());
  await job.release(Math.min(seconds, MAX_RETRY_DELAY_SECONDS), output);
  return true;
}
