// Labelled migrations that touch the job queue.

export const GOOD_QUEUE = {
  IndexOfQueue: {
    alone: true,
    up: ['create index concurrently job_by_start_after on pgboss.job_common (start_after)'],
    down: ['drop index concurrently pgboss.job_by_start_after'],
  },
  QueueOfNewKind: {
    up: [
      `select pgboss.create_queue('letter', '{"policy": "standard"}')`,
      `insert into pgboss.job (name, data) values ('letter', '{}')`,
    ],
    down: [`delete from pgboss.job where name = 'letter'`, `delete from pgboss.queue where name = 'letter'`],
  },
  JobsOfFormerKind: {
    before: [
      `select pgboss.create_queue('former', '{"policy": "standard"}')`,
      `insert into pgboss.job (name, data) values ('former', '{}')`,
    ],
    up: [`delete from pgboss.job where name = 'former'`, `delete from pgboss.queue where name = 'former'`],
    down: [],
  },
};

export const BAD_QUEUE = {
  DeletedJobs: { up: [`delete from pgboss.job where state = 'created'`], down: [] },
  DeletedFinishedJobs: { up: [`delete from pgboss.job where state = 'completed'`], down: [] },
  CancelledJobs: {
    up: [`update pgboss.job set state = 'cancelled' where name = 'welcome-mail' and state = 'retry'`],
    down: [],
  },
  JobsThatAreDueNow: { up: [`update pgboss.job set start_after = now() where state = 'retry'`], down: [] },
  TruncatedJobs: { up: ['truncate pgboss.job cascade'], down: [] },
  DeletedSchedules: { up: ['delete from pgboss.schedule'], down: [] },
  QueueWithoutAttempts: {
    up: ['update pgboss.queue set retry_limit = 0'],
    down: ['update pgboss.queue set retry_limit = 5'],
  },
  QueueWithoutColumn: {
    up: ['alter table pgboss.job drop column group_tier'],
    down: ['alter table pgboss.job add column group_tier text'],
  },
  QueueWithoutIndex: {
    up: ['drop index pgboss.aerie_job_request_id_id_idx'],
    down: [],
  },
  QueueWithNewColumn: {
    up: [
      `alter table pgboss.job add column tenant text not null default 'aerie'`,
      'alter table pgboss.job alter column tenant drop default',
    ],
    down: ['alter table pgboss.job drop column tenant'],
  },
  QueueThatRefuses: {
    up: [`alter table pgboss.job_common add constraint job_without_owner check (group_id is not null) not valid`],
    down: ['alter table pgboss.job_common drop constraint job_without_owner'],
  },
};
