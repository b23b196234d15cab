import type { EntityManager } from 'typeorm';
import { CANCELLED_JOB_ID, WAITING_JOB_ID } from '../jobs/jobs.demo.js';
import { execute } from '../kernel/database/statement.js';
import { WelcomeMail } from '../users/welcome-mail.js';

/** The kind's queue, as the application will find it: it gives it its settings. */
const MAKE_QUEUE = `select pgboss.create_queue($1, '{"policy": "standard"}'::jsonb) where not exists (select from pgboss.queue where name = $1)`;

/** One that was cancelled, which can be tried again, and two that wait for long. They are kept. */
const ADD = `
  insert into pgboss.job (id, name, data, state, group_id, created_on, start_after, completed_on, keep_until, deletion_seconds)
  select id, $1, '{"email": "ann@aerie.example"}', state::pgboss.job_state, '2', now(),
    case state when 'created' then now() + interval '10 years' else now() end,
    case state when 'created' then null else now() end, now() + interval '20 years', 0
  from (values
    ('${CANCELLED_JOB_ID}'::uuid, 'cancelled'),
    ('${WAITING_JOB_ID}', 'created'),
    ('01a1084d-6c02-7d18-a5f3-90e7b2c46d8f', 'created')
  ) demo (id, state) on conflict do nothing`;

/** Jobs to be looked at, tried again and cancelled: welcome mails to Ann. */
export async function addDemoJobs(db: EntityManager): Promise<void> {
  await execute(db, MAKE_QUEUE, [WelcomeMail.name]);
  await execute(db, ADD, [WelcomeMail.name]);
}
