import type { Type } from '../kernel/validation/model-metadata.js';
import { validate } from '../kernel/validation/validate.js';
import type { Origin } from '../kernel/context/activity.js';
import type { JobAttempt } from './job-attempt.js';

// Kinds of background jobs and their payloads.

const MAX_DATA_BYTES = 64_000;

/** The payload of kinds without one. */
export class NoPayload {}

/** A kind of background job: the name of its queue, the class of its payload, and its limits. */
export interface JobKind<P extends object> {
  readonly name: string;
  readonly payload: Type<P>;
  /** The version of the payload. A job of another version becomes a dead letter. */
  readonly version: number;
  /** The number of jobs that a process runs at once. It fetches the next batch when all of them have ended. */
  readonly batchSize: number;
  /** The maximum duration of an attempt. After it, the attempt has failed and another one starts. */
  readonly expireInSeconds: number;
}

/**
 * Runs one attempt at a job. It may run again, also in another process, if an attempt did not complete. Therefore:
 * - changes in the database belong in `job.finish(tx => …)`, or step by step in `job.step`, which take effect once;
 * - effects elsewhere must be idempotent by `job.id`, which is the same for every attempt.
 *
 * After an error the job is retried; see attempt.errors.ts for other outcomes. Long computations belong in a worker
 * thread: a process whose event loop is blocked for 10 s is considered dead.
 */
export type JobHandler<P extends object> = (payload: P, job: JobAttempt) => Promise<unknown>;

type Options = Partial<Pick<JobKind<object>, 'version' | 'batchSize' | 'expireInSeconds'>>;

/** A job's data as the queue stores it, beside its payload. */
export interface StoredData {
  readonly version?: number;
  readonly origin?: Origin;
}

/** Defines a kind of job. Payloads should contain ids, not objects, and never secrets. */
export function jobKind<P extends object>(name: string, payload: Type<P>, options: Options = {}): JobKind<P> {
  return { name, payload, version: 1, batchSize: 5, expireInSeconds: 60, ...options };
}

/** Returns the payload, validated against its class. Throws ValidationFailed. */
export function validatePayload<P extends object>({ payload }: JobKind<P>, data: unknown): P {
  return (payload as unknown) === NoPayload ? (new NoPayload() as P) : validate(payload, data);
}

/** Returns the payload as the queue stores it. Throws ValidationFailed, or an Error if it is larger than 64 kB. */
export function toJobData<P extends object>(kind: JobKind<P>, payload: P): object {
  const valid = validatePayload(kind, payload);
  const data = kind.version === 1 ? { ...valid } : { ...valid, version: kind.version };
  const bytes = Buffer.byteLength(JSON.stringify(data));
  if (bytes > MAX_DATA_BYTES)
    throw new Error(`The payload of a job ${kind.name} is too large (${bytes} bytes): pass ids instead of data`);
  return data;
}
