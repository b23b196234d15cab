// More labelled migrations: for constraints, permissions, defaults, functions and rules, and for commands that take
// locks.
import { add, batches, trigger, noTrigger } from './statements.mjs';

const COUNT_VERSION = `create or replace function count_version() returns trigger language plpgsql as $$ begin`;
const countVersion = (body) => `${COUNT_VERSION} ${body} end $$`;
const referTo = (action) =>
  `alter table orders drop constraint orders_user_id_fkey, add constraint orders_user_id_fkey
    foreign key (user_id) references users on delete ${action} not valid`;

export const GOOD_RULES = {
  LockTable: {
    up: ['lock table orders in access exclusive mode', 'alter table orders add column note text'],
    down: ['alter table orders drop column note'],
  },
  EnumValue: {
    before: [`create type origin as enum ('web')`, `alter table orders add column origin origin default 'web'`],
    up: [`alter type origin add value if not exists 'shop'`],
    down: [],
  },
  DefaultOfUnknownColumn: {
    before: ['alter table items add column token text'],
    up: ['alter table items alter column token set default gen_random_uuid()::text'],
    down: ['alter table items alter column token drop default'],
  },
  DefaultThatNobodyUses: {
    up: [`alter table orders alter column status set default 'paid'`], // builds set it in each insert
    down: [`alter table orders alter column status set default 'new'`],
  },
  DropNotNull: {
    up: ['alter table posts alter column title drop not null'],
    down: ['alter table posts alter column title set not null'],
  },
  RenameWithView: {
    up: ['alter table sent_mails rename to mails', 'create view sent_mails as select * from mails'],
    down: ['drop view sent_mails', 'alter table mails rename to sent_mails'],
  },
  ReindexConcurrently: { alone: true, up: ['reindex table concurrently orders'], down: [] },
  Vacuum: { alone: true, up: ['vacuum (analyze) orders'], down: [] },
  Storage: {
    up: [
      'alter table posts set (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05)',
      'alter table posts alter column body set storage external',
      `comment on table posts is 'What people write'`,
      'alter table posts alter column title set statistics 500',
    ],
    down: ['alter table posts reset (fillfactor)', 'alter table posts alter column body set storage extended'],
  },
  Extension: { up: ['create extension if not exists citext'], down: ['drop extension citext'] },
  AttachPartition: {
    before: [
      'create table visits (id integer not null, at date not null) partition by range (at)',
      'create table visits_2026 (id integer not null, at date not null)',
    ],
    up: [`alter table visits attach partition visits_2026 for values from ('2026-01-01') to ('2027-01-01')`],
    down: ['alter table visits detach partition visits_2026'],
  },
  TruncateUnusedTable: {
    before: ['create table former as select i from generate_series(1, 20000) i'],
    up: ['truncate former', 'drop table former'],
    down: ['create table former (i integer)'],
  },
  RowSecurityOfOthers: {
    up: ['alter table posts enable row level security'], // it does not apply to the owner
    down: ['alter table posts disable row level security'],
  },
  BackfillThatCommits: {
    alone: true,
    up: [
      'alter table orders add column total_minor bigint',
      `do $$ begin
        for i in 0..19 loop
          update orders set total_minor = total_cents where id between i * 1000 + 1 and (i + 1) * 1000;
          commit;
        end loop;
      end $$`,
    ],
    down: ['alter table orders drop column total_minor'],
  },
  SummaryTable: {
    up: ['create table totals as select user_id, sum(total_cents) as cents from orders group by user_id'],
    down: ['drop table totals'],
  },
  RenameIndex: {
    up: ['alter index orders_total_cents_id_idx rename to orders_by_total'],
    down: ['alter index orders_by_total rename to orders_total_cents_id_idx'],
  },
  LogOfChanges: {
    up: [
      'create table price_log (item_id integer, cents integer)',
      ...trigger(
        'items_price',
        'items',
        'update',
        'insert into price_log values (new.id, new.price_cents); return new;',
      ),
    ],
    down: [...noTrigger('items_price', 'items'), 'drop table price_log'],
  },
};

export const BAD_RULES = {
  LockWhileOthersAreFilled: {
    up: [
      'alter table posts add column words integer',
      'lock table items in share row exclusive mode',
      ...batches('posts', 20_000, 'words = 1').slice(0, 1),
    ],
    down: ['alter table posts drop column words'],
  },
  EnumValueUsedAtOnce: {
    before: [`create type origin as enum ('web')`, `alter table orders add column origin origin default 'web'`],
    up: [`alter type origin add value 'shop'`, `update orders set origin = 'shop' where id = 60`],
    down: [],
  },
  DefaultThatDisables: {
    up: ['alter table users alter column is_active set default false'],
    down: ['alter table users alter column is_active set default true'],
  },
  DropDefault: {
    up: ['alter table posts alter column created_at drop default'],
    down: ['alter table posts alter column created_at set default now()'],
  },
  DropIdentity: {
    up: ['alter table posts alter column id drop identity'],
    down: ['alter table posts alter column id add generated by default as identity (start with 900000)'],
  },
  SequenceFromTheStart: { up: ['alter sequence posts_id_seq restart with 1'], down: [] },
  DropUnique: {
    alone: true,
    up: [
      'create index concurrently users_email_idx on users (email)',
      'alter table users drop constraint users_email_key',
    ],
    down: ['drop index users_email_idx', 'alter table users add constraint users_email_key unique (email)'],
  },
  RenameConstraint: {
    up: ['alter table users rename constraint users_email_key to users_email_unique'],
    down: ['alter table users rename constraint users_email_unique to users_email_key'],
  },
  DropForeignKey: {
    up: ['alter table orders drop constraint orders_item_id_fkey'],
    down: ['alter table orders add constraint orders_item_id_fkey foreign key (item_id) references items not valid'],
  },
  CascadeThatDeletes: { up: [referTo('cascade')], down: [referTo('set null')] },
  GeneratedColumn: add('orders', 'euros numeric generated always as (total_cents / 100.0) stored', 'euros'),
  NarrowerType: {
    up: ['alter table users alter column name type varchar(50) using left(name, 50)'],
    down: ['alter table users alter column name type text'],
  },
  NarrowerCheck: {
    up: ['alter table posts add constraint posts_body_check check (length(body) <= 1000) not valid'],
    down: ['alter table posts drop constraint posts_body_check'],
  },
  Reindex: { alone: true, up: ['reindex table orders'], down: [] },
  Cluster: { alone: true, up: ['cluster orders using orders_pkey'], down: [] },
  Unlogged: { up: ['alter table posts set unlogged'], down: ['alter table posts set logged'] },
  ConcurrentlyInTransaction: {
    up: ['create index concurrently posts_version_idx on posts (version)'],
    down: ['drop index posts_version_idx'],
  },
  UniqueAtOnce: {
    up: ['alter table posts add constraint posts_user_id_id_key unique (user_id, id)'],
    down: ['alter table posts drop constraint posts_user_id_id_key'],
  },
  Exclusion: {
    up: ['alter table posts add constraint posts_excluded exclude using btree (id with =)'],
    down: ['alter table posts drop constraint posts_excluded'],
  },
  Truncate: { up: ['truncate account_tokens'], down: [] },
  ColumnThatTriggerRequires: {
    up: [
      'alter table orders add column channel text',
      ...trigger(
        'orders_channel',
        'orders',
        'insert',
        `if new.channel is null then raise exception 'channel is required'; end if; return new;`,
      ),
    ],
    down: [...noTrigger('orders_channel', 'orders'), 'alter table orders drop column channel'],
  },
  RuleThatSwallows: {
    up: ['create rule posts_stay as on delete to posts do instead nothing'],
    down: ['drop rule posts_stay on posts'],
  },
  Revoke: { up: ['revoke insert on posts from current_user'], down: ['grant insert on posts to current_user'] },
  RowSecurity: {
    up: ['alter table posts enable row level security', 'alter table posts force row level security'],
    down: ['alter table posts no force row level security', 'alter table posts disable row level security'],
  },
  ReadOnlyDatabase: {
    up: [
      `do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$`,
    ],
    down: [
      `do $$ begin execute format('alter database %I reset default_transaction_read_only', current_database()); end $$`,
    ],
  },
  SearchThatFoldsNothing: {
    up: [
      'create or replace function search_text(text) returns text language sql immutable parallel safe as $$ select $1 $$',
    ],
    down: [],
  },
  VersionsThatNobodyCompares: {
    up: [
      countVersion(
        `if tg_op = 'DELETE' then return old; end if; new.version := old.version % 2147483647 + 1; return new;`,
      ),
    ],
    down: [],
  },
  DropTrigger: {
    up: ['drop trigger users_forget_idempotency_keys on users'],
    down: [
      'create trigger users_forget_idempotency_keys after delete on users for each row execute function forget_idempotency_keys()',
    ],
  },
  ReadsUnderLock: {
    up: [
      'create table counters (name text, value bigint)',
      'alter table orders add column note text',
      `insert into counters select 'orders', count(*) from orders`,
    ],
    down: ['alter table orders drop column note', 'drop table counters'],
  },
};
