import { dump } from '../kernel/validation/dump.js';
import { validate, type Type } from '../kernel/validation/validate.js';
import type { Job } from './job.js';

const MAX_DATA_BYTES = 64_000;

/** For kinds of jobs that have no payload. */
export class NoPayload {}

/** A kind of background work: its queue, and the class that its payloads are validated against when they are written and when they are read. */
export interface JobKind<P extends object> {
  readonly name: string;
  readonly payload: Type<P>;
  /** The version of the payload. A job of another version becomes a dead letter. */
  readonly version: number;
  /** How many jobs a process runs at once. It fetches the next when all of these have ended. */
  readonly batchSize: number;
  /** An attempt that takes longer has failed, and another one begins. */
  readonly expireInSeconds: number;
}

/**
 * Does the work of one attempt. It may run again, in another process too, whenever an attempt did not come to its end, so:
 * - what it changes in the database belongs in `job.finish(tx => …)` (or, step by step, in `job.step`): that happens once;
 * - what it does elsewhere must be identified there by `job.id`, which is the same at every attempt.
 *
 * After an error the job is tried again later; see attempt.errors.ts for the other ways to end. Long computations belong in a
 * thread (piscina): a process whose event loop is blocked is taken for dead after 10 s.
 */
export type JobHandler<P extends object> = (payload: P, job: Job) => Promise<unknown>;

type Options = Partial<Pick<JobKind<object>, 'version' | 'batchSize' | 'expireInSeconds'>>;

/** Names a kind of job. Payloads hold ids, not objects, and never a secret. */
export function jobKind<P extends object>(name: string, payload: Type<P>, options: Options = {}): JobKind<P> {
  return { name, payload, version: 1, batchSize: 5, expireInSeconds: 60, ...options };
}

/** The payload, validated against its class. Throws ValidationFailed. */
export function validatePayload<P extends object>({ payload }: JobKind<P>, data: unknown): P {
  return (payload as unknown) === NoPayload ? (new NoPayload() as P) : validate(payload, data);
}

/** The payload as the queue stores it. Throws ValidationFailed, and an error for one that is too large. */
export function toJobData<P extends object>(kind: JobKind<P>, payload: P): object {
  const dumped = dump(validatePayload(kind, payload));
  const data = kind.version === 1 ? dumped : { ...dumped, version: kind.version };
  const bytes = Buffer.byteLength(JSON.stringify(data));
  if (bytes > MAX_DATA_BYTES) throw new Error(`A job ${kind.name} of ${bytes} bytes is too large: payloads hold ids`);
  return data;
}
