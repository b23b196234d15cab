import type { JobResult } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { execute } from '../kernel/database/statement.js';
import { validate } from '../kernel/validation/validate.js';
import { NoPayload, type JobHandler, type JobKind } from './job-kind.js';
import { Job, type Taken } from './job.js';
import { AttemptLost, Hopeless, NotNow } from './outcomes.js';

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

/** With the pause that a failure would have brought; an attempt more is allowed, unless the job is too old to wait on. */
const POSTPONE = `
  update pgboss.job set state = 'retry', heartbeat_on = null, output = $4::jsonb, retry_limit = retry_limit + 1,
    start_after = now() + interval '1 s' * least(retry_delay_max, retry_delay * 2 ^ least(retry_count, 10) * (1 + random()))
  where name = $1 and id = $2 and state = 'active' and retry_count = $3 and created_on > now() - interval '2 days' returning 1`;

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
    const output = { message: error instanceof Error ? error.message : String(error) };
    if (error instanceof AttemptLost) return { result: { id, status: 'completed' }, error }; // has no effect either
    if (error instanceof NotNow && (await postpone(db, taken, output)))
      return { result: { id, status: 'completed' }, error };
    return { result: { id, status: error instanceof Hopeless ? 'deadletter' : 'failed', output }, error };
  }
}

/** Another attempt would find the same: throws Hopeless. */
function payloadOf(kind: JobKind<object>, data: object | null): object {
  const { version = 1, ...payload } = (data ?? {}) as { version?: number };
  if (version !== kind.version) throw new Hopeless(`Version ${version} of ${kind.name} is not known`);
  if (kind.payload === NoPayload) return {};
  try {
    return validate(kind.payload, payload);
  } catch (error) {
    throw new Hopeless((error as Error).message, { cause: error });
  }
}

async function postpone(db: EntityManager, { name, id, retryCount }: Taken, output: object): Promise<boolean> {
  const { rows } = await execute(db, POSTPONE, [name, id, retryCount, JSON.stringify(output)]);
  return rows.length > 0;
}
