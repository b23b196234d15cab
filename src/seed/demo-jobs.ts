import type { EntityManager } from 'typeorm';
import { CANCELLED_JOB_ID, WAITING_JOB_ID } from '../jobs/jobs.demo.js';
import { execute } from '../kernel/database/statement.js';
import { DEMO_REQUEST_ID } from '../requests/requests.demo.js';
import { WelcomeMail } from '../users/welcome-mail.js';

/** Creates the queue of the kind if it is missing. The application later sets its options. */
const MAKE_QUEUE = `select pgboss.create_queue($1, '{"policy": "standard"}'::jsonb) where not exists (select from pgboss.queue where name = $1)`;

/** A cancelled job, which can be retried, and two jobs that wait for ten years. They are not cleaned up. */
const ADD = `
  insert into pgboss.job (id, name, data, state, group_id, created_on, start_after, completed_on, keep_until, deletion_seconds)
  select id, $1, '{"email": "ann@aerie.example", "origin": {"request_id": "${DEMO_REQUEST_ID}"}}', state::pgboss.job_state, '2', now(),
    case state when 'created' then now() + interval '10 years' else now() end,
    case state when 'created' then null else now() end, now() + interval '20 years', 0
  from (values
    ('${CANCELLED_JOB_ID}'::uuid, 'cancelled'),
    ('${WAITING_JOB_ID}', 'created'),
    ('01a1084d-6c02-7d18-a5f3-90e7b2c46d8f', 'created')
  ) demo (id, state) on conflict do nothing`;

/** Adds jobs as examples to view, retry and cancel: welcome mails to Ann. */
export async function addDemoJobs(db: EntityManager): Promise<void> {
  await execute(db, MAKE_QUEUE, [WelcomeMail.name]);
  await execute(db, ADD, [WelcomeMail.name]);
}
