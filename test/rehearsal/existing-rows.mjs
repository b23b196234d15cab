// Labelled migrations whose effect depends on rows that existed before: rows that a new rule refuses, writers that wait
// for each other's row, and clean-ups.
import { noTrigger, trigger } from './statements.mjs';

const counter = (table, name, key, columns) => ({
  up: [
    `create table ${name} (${columns}, rows bigint not null)`,
    ...trigger(
      `${table}_counted`,
      table,
      'insert',
      `insert into ${name} values (${key}, 1) on conflict (key) do update set rows = ${name}.rows + 1; return new;`,
    ),
  ],
  down: [...noTrigger(`${table}_counted`, table), `drop table ${name}`],
});

const reviewer = [
  'alter table posts add column reviewer_id integer',
  'create index concurrently posts_reviewer_id_idx on posts (reviewer_id)',
  'update posts set reviewer_id = 9000 where id = 8000',
];

export const GOOD_ROWS = {
  CounterOfEachUser: counter('posts', 'post_counts', 'new.user_id', 'key integer primary key'),
  TriggerThatAllRowsPass: {
    up: trigger(
      'orders_least',
      'orders',
      'insert or update',
      `if new.quantity < 1 then raise exception 'too few'; end if; return new;`,
    ),
    down: noTrigger('orders_least', 'orders'),
  },
  CheckThatAllRowsPass: {
    up: ['alter table orders add constraint orders_quantity_most check (quantity <= 1000000000) not valid'],
    down: ['alter table orders drop constraint orders_quantity_most'],
  },
  CheckThatIsNotEnforced: {
    up: ['alter table orders add constraint orders_quantity_other check (quantity <> 777) not enforced'],
    down: ['alter table orders drop constraint orders_quantity_other'],
  },
  NotNullNotValid: {
    alone: true,
    up: [
      `alter table orders add column channel text default 'web'`,
      'alter table orders add constraint orders_channel_given not null channel not valid',
      'alter table orders validate constraint orders_channel_given',
    ],
    down: ['alter table orders drop column channel'],
  },
  ForeignKeyThatClears: {
    alone: true,
    up: [
      ...reviewer,
      'alter table posts add constraint posts_reviewer_id_fkey foreign key (reviewer_id) references users on delete set null not valid',
    ],
    down: ['alter table posts drop column reviewer_id'],
  },
  DeclaredCleanUp: {
    deletes: { account_tokens: 'used_at is not null' },
    up: ['delete from account_tokens where used_at is not null'],
    down: [],
  },
};

export const BAD_ROWS = {
  CounterOfAllOrders: counter('orders', 'order_counts', '1', 'key integer primary key'),
  CounterOfEachStatus: counter('orders', 'order_counts', 'new.status', 'key text primary key'),
  LockInTrigger: {
    up: trigger('items_one_by_one', 'items', 'update', 'perform pg_advisory_xact_lock(4711); return new;'),
    down: noTrigger('items_one_by_one', 'items'),
  },
  TableLockInTrigger: {
    up: trigger('posts_one_by_one', 'posts', 'insert', 'lock table posts in share row exclusive mode; return new;'),
    down: noTrigger('posts_one_by_one', 'posts'),
  },
  CheckThatFewRowsViolate: {
    up: ['alter table orders add constraint orders_quantity_other check (quantity <> 777) not valid'],
    down: ['alter table orders drop constraint orders_quantity_other'],
  },
  NotNullThatRowsViolate: {
    up: ['alter table sessions add constraint sessions_device_given not null device not valid'],
    down: ['alter table sessions drop constraint sessions_device_given'],
  },
  TriggerThatFewRowsFail: {
    up: trigger(
      'orders_other',
      'orders',
      'update',
      `if new.quantity = 777 then raise exception 'too many'; end if; return new;`,
    ),
    down: noTrigger('orders_other', 'orders'),
  },
  TriggerThatKeepsFewRows: {
    up: trigger(
      'orders_kept',
      'orders',
      'delete',
      `if old.quantity between 700 and 799 then raise exception 'it must stay'; end if; return old;`,
    ),
    down: noTrigger('orders_kept', 'orders'),
  },
  ForeignKeyOfFewRows: {
    alone: true,
    up: [
      ...reviewer,
      'alter table posts add constraint posts_reviewer_id_fkey foreign key (reviewer_id) references users not valid',
    ],
    down: ['alter table posts drop column reviewer_id'],
  },
  ForeignKeyOfEvents: {
    up: [
      'alter table audit_events add constraint audit_events_actor_id_fkey foreign key (actor_id) references users not valid',
    ],
    down: ['alter table audit_events drop constraint audit_events_actor_id_fkey'],
  },
  DeletedMoreThanDeclared: {
    deletes: { access_tokens: 'id % 7 = 0' },
    up: ['delete from access_tokens where id % 5 = 0'],
    down: [],
  },
};
