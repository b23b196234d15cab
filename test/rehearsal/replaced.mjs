// Labelled migrations that replace functions and tables, and those whose cause is one of several statements: `by` is a
// part of the statement that the rehearsal has to blame.
import { batches, noTrigger, trigger } from './statements.mjs';

const note = 'alter table items add column note text';
const noNote = 'alter table items drop column note';

const mails = (name) => [
  `create table ${name} (id uuid constraint ${name}_pkey primary key, accepted_at timestamp(3) with time zone not null default now())`,
  `create index ${name}_accepted_at_idx on ${name} (accepted_at)`,
];
const partitionedMails = [
  'create table mails (id uuid primary key, accepted_at timestamp(3) with time zone not null default now()) partition by hash (id)',
  ...[0, 1].map(
    (part) => `create table mails_${part} partition of mails for values with (modulus 2, remainder ${part})`,
  ),
  'create index on mails (accepted_at)',
];

/** Writes each change of the table sent_mails to the table mails, too. */
const follow = [
  `create function mails_follow() returns trigger language plpgsql as $$ begin
    if tg_op <> 'INSERT' then delete from mails where id = old.id; end if;
    if tg_op <> 'DELETE' then insert into mails (id, accepted_at) values (new.id, new.accepted_at) on conflict do nothing; end if;
    return null; end $$`,
  'create trigger mails_follow after insert or update or delete on sent_mails for each row execute function mails_follow()',
];
const copy = Array.from(
  { length: 8 },
  (_, part) =>
    `insert into mails select * from sent_mails where get_byte(uuid_send(id), 0) / 32 = ${part} on conflict do nothing`,
);
const swap = [
  'begin',
  'alter table sent_mails rename to former_mails',
  'alter table mails rename to sent_mails',
  'commit',
  'drop table former_mails',
  'drop function mails_follow()',
];
const plainAgain = [
  ...mails('plain'),
  'insert into plain select * from sent_mails',
  'drop table sent_mails',
  'alter table plain rename to sent_mails',
  'alter index plain_pkey rename to sent_mails_pkey',
  'alter index plain_accepted_at_idx rename to sent_mails_accepted_at_idx',
];

/** Replaces a function by one with another text. */
const rewrite = (name, change) => async (runner) => {
  const [{ text }] = await runner.query(`select pg_get_functiondef('${name}'::regproc) as text`);
  await runner.query(change(text));
};

export const GOOD_REPLACED = {
  SwapTable: { alone: true, up: [...mails('mails'), ...follow, ...copy, ...swap], down: plainAgain },
  SwapToPartitions: { alone: true, up: [...partitionedMails, ...follow, ...copy, ...swap], down: plainAgain },
  FunctionThatDoesTheSame: {
    up: [
      rewrite('search_text', (text) => text.replace('select case', '/* folds letters */ select case')),
      `comment on function search_text(text) is 'folds letters'`,
    ],
    down: [],
  },
  DeclaredTruncation: { deletes: { attempts: 'true' }, up: ['truncate attempts'], down: [] },
  DatabaseTuning: {
    up: [
      `do $$ begin execute format('alter database %I set jit = off', current_database()); end $$`,
      `alter role current_user set work_mem = '8MB'`,
    ],
    down: [
      `do $$ begin execute format('alter database %I reset jit', current_database()); end $$`,
      'alter role current_user reset work_mem',
    ],
  },
  AutovacuumMoreOften: {
    up: ['alter table posts set (autovacuum_enabled = on, autovacuum_vacuum_scale_factor = 0.01)'],
    down: ['alter table posts reset (autovacuum_enabled, autovacuum_vacuum_scale_factor)'],
  },
};

export const BAD_REPLACED = {
  SwapWithoutTrigger: {
    by: 'drop table sent_mails',
    up: [
      ...mails('mails'),
      'insert into mails select * from sent_mails',
      'drop table sent_mails',
      'alter table mails rename to sent_mails',
    ],
    down: [],
  },
  SearchThatFoldsLess: {
    by: 'function search_text',
    up: [
      'create or replace function search_text(text) returns text language sql immutable parallel safe as $$ select lower($1) $$',
      note,
    ],
    down: [noNote],
  },
  SearchWithoutEscapes: {
    up: [
      `create or replace function search_pattern(text) returns text language sql immutable parallel safe as $$ select '%' || search_text($1) || '%' $$`,
    ],
    down: [],
  },
  OverloadedFunction: {
    by: 'create function settle_precondition',
    up: [
      'create function settle_precondition(shown bigint) returns void language sql as $$ select settle_precondition($1::integer) $$',
      note,
    ],
    down: [noNote, 'drop function settle_precondition(bigint)'],
  },
  SequenceOfOthers: {
    by: 'revoke all on sequence sessions_number_seq',
    up: [
      note,
      'revoke all on sequence sessions_number_seq from current_user',
      `comment on table sessions is 'signed in'`,
    ],
    down: ['grant all on sequence sessions_number_seq to current_user', noNote],
  },
  RenameAmongOthers: {
    by: 'rename column title',
    up: [
      'alter table posts rename column title to headline',
      'alter table posts add column words integer',
      `comment on table posts is 'articles'`,
      note,
    ],
    down: [noNote, 'alter table posts drop column words', 'alter table posts rename column headline to title'],
  },
  TriggerAmongOthers: {
    by: 'create trigger orders_most',
    up: [
      ...trigger(
        'orders_most',
        'orders',
        'insert',
        `if new.quantity > 2 then raise exception 'too many'; end if; return new;`,
      ),
      'alter table orders add column note text',
      note,
    ],
    down: [noNote, 'alter table orders drop column note', ...noTrigger('orders_most', 'orders')],
  },
  ValueAmongOthers: {
    by: 'update posts',
    up: [
      note,
      `update posts set body = 'none' where id = 9000`,
      'alter table posts add column words integer',
      'analyze posts',
    ],
    down: ['alter table posts drop column words', noNote],
  },
  ColumnAfterCopy: {
    by: 'alter table users',
    alone: true,
    up: [
      'alter table users add column display_name text',
      ...batches('users', 2000, 'display_name = name'),
      'alter table users drop column name',
      'alter table users rename column display_name to name',
    ],
    down: [],
  },
  SleepAmongOthers: {
    by: 'pg_sleep',
    up: ['alter table items add column note text', 'select pg_sleep(1)', 'create table hints (id integer primary key)'],
    down: ['drop table hints', 'alter table items drop column note'],
  },
  LocksKeys: { up: ['select id from users for key share'], down: [] },
  ToastWithoutAutovacuum: {
    up: ['alter table posts set (toast.autovacuum_enabled = false)'],
    down: ['alter table posts reset (toast.autovacuum_enabled)'],
  },
  AutovacuumThatNeverRuns: {
    up: ['alter table sessions set (autovacuum_vacuum_threshold = 2000000000)'],
    down: ['alter table sessions reset (autovacuum_vacuum_threshold)'],
  },
};
