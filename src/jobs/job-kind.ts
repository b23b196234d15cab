import type { Type } from '../kernel/validation/validate.js';

/** A kind of background work: its queue and the class that its payload is validated against when it is taken out. */
export interface JobKind<P extends object> {
  readonly name: string;
  readonly payload: Type<P>;
}

/** What a handler is given; `id` is the job's own, the same at every attempt. It may run twice and must do no harm then. */
export type JobHandler<P extends object> = (payload: P, id: string) => Promise<void>;

/** Names a kind of job. Payloads hold ids, not objects, and never a secret. */
export function jobKind<P extends object>(name: string, payload: Type<P>): JobKind<P> {
  return { name, payload };
}
