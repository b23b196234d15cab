/** Copies of the jobs that failed for good end here, with their origin. */
export const DEAD_LETTERS = 'dead-letters';
/** The queue of the clock: what comes here sends the jobs of recurring kinds. */
export const TICK = 'tick';

// What is done to the queue's own table beside what pg-boss does. `$1` is the kind, `$2` the job's id.

/** Neither copies among the dead letters, whose originals are still there, nor what keeps the clock. */
export const OURS = `name not in ('${DEAD_LETTERS}', '${TICK}', '__pgboss__send-it')`;

/** For lists in the order of ids: of everything, of a state, of a kind in a state, of an owner. A kind's own is the primary key. */
export const INDEXES = {
  aerie_job_id_idx: `(id) where ${OURS}`,
  aerie_job_state_id_idx: `(state, id) where ${OURS}`,
  aerie_job_name_state_id_idx: `(name, state, id) where ${OURS}`,
  aerie_job_group_id_id_idx: `(group_id, id) where group_id is not null and ${OURS}`,
};

/** This attempt (`$3`) still has the job. */
const MINE = `name = $1 and id = $2 and state = 'active' and retry_count = $3`;

/** The row stays as it is until the end of the transaction. */
export const HOLD = `select 1 from pgboss.job where ${MINE} for no key update`;

export const COMPLETE = `
  update pgboss.job set state = 'completed', completed_on = now(), output = null where ${MINE} returning 1`;

/**
 * Back into the queue, with what is to be told of it (`$4`). The attempt does not count; the pause is that of a failure. Not for
 * a job that has waited for two days.
 */
export const POSTPONE = `
  update pgboss.job set state = 'retry', heartbeat_on = null, output = $4::jsonb, retry_limit = retry_limit + 1,
    start_after = now() + interval '1 s' * least(retry_delay_max, retry_delay * 2 ^ least(retry_count, 10) * (1 + random()))
  where ${MINE} and created_on > now() - interval '2 days' returning 1`;

/** Tells whoever waits for jobs of the kind that there is one, as pg-boss does it when it writes one. */
const WAKE = `pg_notify('pgboss_' || left(encode(sha224('pgboss'::bytea), 'hex'), 24), $1)`;

/** Back into the queue, to be taken by another process at once; the attempt does not count. */
export const RELEASE = `
  with released as (
    update pgboss.job set state = 'retry', heartbeat_on = null, retry_limit = retry_limit + 1, start_after = now()
    where ${MINE} returning 1
  )
  select ${WAKE} from released`;

/** As if it were new, but under its id. The copy among the dead letters goes. */
export const RETRY = `
  with buried as (
    delete from pgboss.job where name = '${DEAD_LETTERS}' and source_root_id = $2
  ), retried as (
    update pgboss.job set state = 'retry', completed_on = null, retry_limit = retry_count + 6, start_after = now(),
      keep_until = now() + interval '14 days'
    where name = $1 and id = $2 returning 1
  )
  select ${WAKE} from retried`;

export const CANCEL = `update pgboss.job set state = 'cancelled', completed_on = now() where name = $1 and id = $2`;
