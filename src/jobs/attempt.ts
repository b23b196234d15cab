import type { JobResult } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { execute } from '../kernel/database/statement.js';
import { AppError } from '../kernel/errors/app-error.js';
import { judged, type JobHandler, type JobKind } from './job-kind.js';
import { Job, type Taken } from './job.js';
import { AttemptLost, Hopeless, NotNow } from './outcomes.js';
import { POSTPONE } from './statements.js';

/** Who does the jobs of a kind. */
export interface Registered {
  readonly kind: JobKind<object>;
  readonly handler: JobHandler<object>;
}

/** The outcome for the queue, and the error for the log. */
export interface Outcome {
  readonly result: JobResult;
  readonly error?: unknown;
}

/** Does one attempt at a job that was taken with this data. */
export async function attempt(
  db: EntityManager,
  { kind, handler }: Registered,
  taken: Taken & { data: object | null },
): Promise<Outcome> {
  const { id } = taken;
  try {
    await handler(payloadOf(kind, taken.data), new Job(db, taken));
    return { result: { id, status: 'completed' } };
  } catch (error) {
    const output = { message: told(error) };
    if (error instanceof AttemptLost) return { result: { id, status: 'completed' }, error }; // has no effect either
    if (error instanceof NotNow && (await postpone(db, taken, output)))
      return { result: { id, status: 'completed' }, error };
    return { result: { id, status: error instanceof Hopeless ? 'deadletter' : 'failed', output }, error };
  }
}

/** What whoever looks at the queue may know of it: what was said for him. The rest is for the log. */
function told(error: unknown): string {
  const isTold = error instanceof NotNow || error instanceof Hopeless || error instanceof AppError;
  return isTold ? error.message : 'Internal error';
}

/** Another attempt would find the same: throws Hopeless. */
function payloadOf(kind: JobKind<object>, data: object | null): object {
  const { version = 1, ...payload } = (data ?? {}) as { version?: number };
  if (version !== kind.version) throw new Hopeless(`Version ${version} of ${kind.name} is not known`);
  try {
    return judged(kind, payload);
  } catch (error) {
    throw new Hopeless((error as Error).message, { cause: error });
  }
}

async function postpone(db: EntityManager, { name, id, retryCount }: Taken, output: object): Promise<boolean> {
  const { rows } = await execute(db, POSTPONE, [name, id, retryCount, JSON.stringify(output)]);
  return rows.length > 0;
}
