import { dump } from '../kernel/validation/dump.js';
import { validate, type Type } from '../kernel/validation/validate.js';
import type { Job } from './job.js';

const MAX_DATA_BYTES = 64_000;

/** For kinds that need to be told nothing. */
export class NoPayload {}

/** A kind of background work: its queue and the class that its payload is validated against when it is taken out. */
export interface JobKind<P extends object> {
  readonly name: string;
  readonly payload: Type<P>;
  /** Of the payload: a job that was written with another one ends among the dead letters. */
  readonly version: number;
  /** How many a process works on at once; the next are taken when the last of them is done. */
  readonly atOnce: number;
  /** An attempt that takes longer is given up, and another one begins. */
  readonly expireInSeconds: number;
}

/**
 * Does the work of one attempt. It may be begun again, by another process too, whenever it did not come to its end, so:
 * - what it changes in the database belongs into `job.finish(tx => …)` (or, step by step, `job.step`): that happens once;
 * - what it does elsewhere has to be known there by `job.id`, which is the same at every attempt.
 *
 * An error lets it be tried again later; see outcomes.ts for the other ways to end. Work for the processor belongs in a
 * thread (piscina): a process whose event loop stands still is taken for dead after 10 s.
 */
export type JobHandler<P extends object> = (payload: P, job: Job) => Promise<unknown>;

type Options = Partial<Pick<JobKind<object>, 'version' | 'atOnce' | 'expireInSeconds'>>;

/** Names a kind of job. Payloads hold ids, not objects, and never a secret. */
export function jobKind<P extends object>(name: string, payload: Type<P>, options: Options = {}): JobKind<P> {
  return { name, payload, version: 1, atOnce: 5, expireInSeconds: 60, ...options };
}

/** The payload, judged by its class. Throws ValidationFailed. */
export function judged<P extends object>({ payload }: JobKind<P>, data: unknown): P {
  return (payload as unknown) === NoPayload ? (new NoPayload() as P) : validate(payload, data);
}

/** What is stored of a payload. Throws ValidationFailed, and an error for one that is too large. */
export function dataOf<P extends object>(kind: JobKind<P>, payload: P): object {
  const dumped = dump(judged(kind, payload));
  const data = kind.version === 1 ? dumped : { ...dumped, version: kind.version };
  const bytes = Buffer.byteLength(JSON.stringify(data));
  if (bytes > MAX_DATA_BYTES) throw new Error(`A job ${kind.name} of ${bytes} bytes is too large: payloads hold ids`);
  return data;
}
