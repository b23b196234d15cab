// Labelled migrations as teams write them: the steps of larger changes, and their usual mistakes.
import { add, batches, noTrigger, trigger } from './statements.mjs';

const slug = {
  up: [
    'alter table posts add column slug text',
    ...trigger(
      'posts_slug',
      'posts',
      'insert or update',
      `new.slug := coalesce(new.slug, 'post-' || new.id); return new;`,
    ),
    ...batches('posts', 2000, 'slug = slug'),
    'alter table posts add constraint posts_slug_check check (slug is not null) not valid',
    'alter table posts validate constraint posts_slug_check',
    'alter table posts alter column slug set not null',
    'alter table posts drop constraint posts_slug_check',
  ],
  down: [...noTrigger('posts_slug', 'posts'), 'alter table posts drop column slug'],
};

export const GOOD_CHANGES = {
  NewRow: {
    up: [`insert into items (name, price_cents, stock) values ('Gift card', 0, 1)`],
    down: [`delete from items where name = 'Gift card'`],
  },
  NotNullByTrigger: { alone: true, ...slug },
  PrimaryKeyUsingIndex: {
    alone: true,
    up: [
      'create unique index concurrently posts_id_key on posts (id)',
      'alter table posts drop constraint posts_pkey, add constraint posts_pkey primary key using index posts_id_key',
    ],
    down: [],
  },
  ReplaceUnique: {
    alone: true,
    up: [
      'create unique index concurrently users_email_new on users (email) include (name)',
      'alter table users drop constraint users_email_key, add constraint users_email_key unique using index users_email_new',
    ],
    down: [
      'create unique index concurrently users_email_new on users (email)',
      'alter table users drop constraint users_email_key, add constraint users_email_key unique using index users_email_new',
    ],
  },
  RenameUnusedConstraint: {
    up: ['alter table orders rename constraint orders_quantity_check to orders_quantity_positive'],
    down: ['alter table orders rename constraint orders_quantity_positive to orders_quantity_check'],
  },
  WiderVarchar: {
    before: ['alter table items alter column description type varchar(6000)'],
    up: ['alter table items alter column description type varchar(8000)'],
    down: ['alter table items alter column description type varchar(6000)'],
  },
  WiderNumeric: {
    before: ['alter table items add column weight numeric(8, 2)'],
    up: ['alter table items alter column weight type numeric(12, 2)'],
    down: [],
  },
  EnumColumn: {
    up: [
      `create type channel as enum ('web', 'shop')`,
      `alter table orders add column channel channel not null default 'web'`,
    ],
    down: ['alter table orders drop column channel', 'drop type channel'],
  },
  Publication: {
    up: ['create publication changes for table orders, posts'],
    down: ['drop publication changes'],
  },
  RefreshView: {
    before: [
      'create materialized view totals as select user_id, sum(total_cents) as cents from orders group by user_id',
      'create unique index totals_user_id_idx on totals (user_id)',
    ],
    up: ['refresh materialized view concurrently totals', 'refresh materialized view totals'],
    down: [],
  },
  SwapForeignKey: {
    alone: true,
    up: [
      'alter table posts add constraint posts_author_fkey foreign key (user_id) references users on delete cascade not valid',
      'alter table posts validate constraint posts_author_fkey',
      'alter table posts drop constraint posts_user_id_fkey',
    ],
    down: ['alter table posts rename constraint posts_author_fkey to posts_user_id_fkey'],
  },
  BackfillUntilDone: {
    alone: true,
    up: [
      'alter table orders add column total_minor bigint',
      async (runner) => {
        for (;;) {
          const [, count] = await runner.query(`update orders set total_minor = total_cents where id in (
            select id from orders where total_minor is null limit 1000 for update skip locked)`);
          if (count < 1000) return;
        }
      },
    ],
    down: ['alter table orders drop column total_minor'],
  },
  CopyInBatches: {
    alone: true,
    up: [
      'create table order_totals (order_id integer primary key, cents bigint not null)',
      ...Array.from(
        { length: 10 },
        (_, i) =>
          `insert into order_totals select id, total_cents from orders where id > ${i * 2000} and id <= ${i * 2000 + 2000}`,
      ),
    ],
    down: ['drop table order_totals'],
  },
  TemporaryTable: {
    up: [
      'create temp table few on commit drop as select id, name from items where id <= 20',
      'analyze few',
      'alter table items add column label text',
      'update items set label = few.name from few where few.id = items.id',
    ],
    down: ['alter table items drop column label'],
  },
  SessionTimeout: {
    up: [`set lock_timeout = '900ms'`, `set statement_timeout = '5s'`, 'alter table orders add column note text'],
    down: ['alter table orders drop column note'],
  },
  SessionLockThatEnds: {
    alone: true,
    up: ['select pg_advisory_lock(4711)', 'alter table orders add column note text', 'select pg_advisory_unlock(4711)'],
    down: ['alter table orders drop column note'],
  },
  DropCheck: {
    up: ['alter table orders drop constraint orders_quantity_check'],
    down: ['alter table orders add constraint orders_quantity_check check (quantity > 0) not valid'],
  },
  OtherIndexes: {
    alone: true,
    up: [
      'create index concurrently users_tags_idx on users using gin (tags)',
      'create index concurrently orders_created_at_brin on orders using brin (created_at)',
      'create index concurrently posts_title_hash on posts using hash (title)',
    ],
    down: ['drop index concurrently users_tags_idx, orders_created_at_brin, posts_title_hash'].flatMap((text) =>
      text
        .slice('drop index concurrently '.length)
        .split(', ')
        .map((name) => `drop index concurrently ${name}`),
    ),
  },
  PolicyWithoutRowSecurity: {
    up: ['create policy posts_all on posts using (true)', 'alter default privileges grant select on tables to public'],
    down: ['drop policy posts_all on posts', 'alter default privileges revoke select on tables from public'],
  },
  LogOfStatements: {
    up: [
      'create table post_log (at timestamptz not null default now(), rows bigint not null)',
      `create function post_logged() returns trigger language plpgsql as $$
        begin insert into post_log (rows) select count(*) from added; return null; end $$`,
      'create trigger post_logged after insert on posts referencing new table as added for each statement execute function post_logged()',
    ],
    down: ['drop trigger post_logged on posts', 'drop function post_logged()', 'drop table post_log'],
  },
  UniqueOfNumbers: {
    alone: true,
    up: ['create unique index concurrently sessions_number_key on sessions (number)'],
    down: ['drop index concurrently sessions_number_key'],
  },
  GeneratedAlways: {
    up: ['alter table posts alter column id set generated always'],
    down: ['alter table posts alter column id set generated by default'],
  },
  IndexInOtherDirection: {
    alone: true,
    up: [
      'create index concurrently orders_total_idx on orders (total_cents desc, id desc)',
      'drop index concurrently orders_total_cents_id_idx',
    ],
    down: [
      'create index concurrently orders_total_cents_id_idx on orders (total_cents, id)',
      'drop index concurrently orders_total_idx',
    ],
  },
  DropTableThatRefers: {
    before: ['create table stickers (user_id integer references users on delete cascade, name text)'],
    up: ['drop table stickers'],
    down: ['create table stickers (user_id integer references users on delete cascade, name text)'],
  },
  ProcedureInBatches: {
    alone: true,
    up: [
      'alter table orders add column total_minor bigint',
      `create procedure fill_minor() language plpgsql as $$ begin
        for i in 0..19 loop
          update orders set total_minor = total_cents where id between i * 1000 + 1 and (i + 1) * 1000;
          commit;
        end loop;
      end $$`,
      'call fill_minor()',
      'drop procedure fill_minor()',
    ],
    down: ['alter table orders drop column total_minor'],
  },
  RenamedEnumValue: {
    before: [`create type source as enum ('web')`, `alter table orders add column source source default 'web'`],
    up: [`alter type source rename value 'web' to 'site'`],
    down: [`alter type source rename value 'site' to 'web'`],
  },
  DetachPartition: {
    before: [
      'create table calls (id integer not null, at date not null) partition by range (at)',
      `create table calls_2026 partition of calls for values from ('2026-01-01') to ('2027-01-01')`,
    ],
    up: ['alter table calls detach partition calls_2026', 'drop table calls_2026'],
    down: [`create table calls_2026 partition of calls for values from ('2026-01-01') to ('2027-01-01')`],
  },
  LowerEmail: {
    alone: true,
    up: [
      'alter table users add constraint users_email_lower check (email = lower(email)) not valid',
      'alter table users validate constraint users_email_lower',
    ],
    down: ['alter table users drop constraint users_email_lower'],
  },
  SmallBackfill: {
    up: ['alter table items add column rating integer', 'update items set rating = 1 where id <= 500'],
    down: ['alter table items drop column rating'],
  },
  Settings: {
    up: [
      'alter function count_version() set search_path = public, pg_temp',
      'alter index orders_pkey set (fillfactor = 90)',
      'alter table posts alter column body set compression pglz',
      'create sequence invoice_numbers',
      'create view order_sums as select user_id, sum(total_cents) as cents from orders group by user_id',
    ],
    down: ['drop view order_sums', 'drop sequence invoice_numbers'],
  },
  TypeIfMissing: {
    up: [
      `do $$ begin create type unit as enum ('piece'); exception when duplicate_object then null; end $$`,
      'alter table items add column if not exists unit unit',
    ],
    down: ['alter table items drop column if exists unit', 'drop type if exists unit'],
  },
  BiggerKeyFirstStep: {
    alone: true,
    up: [
      'alter table orders add column big_quantity bigint',
      ...trigger('orders_big', 'orders', 'insert or update', 'new.big_quantity := new.quantity; return new;'),
      ...batches('orders', 2000, 'big_quantity = quantity'),
    ],
    down: [...noTrigger('orders_big', 'orders'), 'alter table orders drop column big_quantity'],
  },
};

const unused = (name) => `drop index if exists ${name}`;

export const BAD_CHANGES = {
  DropAppendOnly: {
    up: ['drop trigger audit_events_append_only on audit_events'],
    down: [
      'create trigger audit_events_append_only before update or delete or truncate on audit_events for each statement execute function refuse_change()',
    ],
  },
  AppendOnlyButTruncate: {
    up: [
      'create or replace trigger audit_chain_append_only before update or delete on audit_chain for each statement execute function refuse_change()',
    ],
    down: [
      'create or replace trigger audit_chain_append_only before update or delete or truncate on audit_chain for each statement execute function refuse_change()',
    ],
  },
  GrantedAudit: {
    up: ['grant update, delete on audit_events to current_user'],
    down: ['revoke update, delete on audit_events from current_user'],
  },
  DropChainGuard: {
    up: ['drop trigger audit_chain_by_events_only on audit_chain'],
    down: [
      'create trigger audit_chain_by_events_only before insert on audit_chain for each statement when (pg_trigger_depth() = 0) execute function refuse_change()',
    ],
  },
  CommitAtTheEnd: {
    alone: true,
    up: [
      'alter table orders add column total_minor bigint',
      'do $$ begin update orders set total_minor = total_cents; commit; end $$',
    ],
    down: ['alter table orders drop column total_minor'],
  },
  IndexInBlock: {
    alone: true,
    up: ['do $$ begin create index posts_version_idx on posts (version); commit; end $$'],
    down: ['drop index posts_version_idx'],
  },
  ReindexSchema: { alone: true, up: ['reindex schema public'], down: [] },
  QueueIndexAtOnce: {
    up: ['create index job_by_start_after on pgboss.job_common (start_after)'],
    down: [unused('pgboss.job_by_start_after')],
  },
  UniqueThatIsMissingMeanwhile: {
    alone: true,
    up: [
      'alter table users drop constraint users_email_key',
      'create unique index concurrently users_email_new on users (email)',
      'alter table users add constraint users_email_key unique using index users_email_new',
    ],
    down: [],
  },
  IndexThatIsMissingMeanwhile: {
    alone: true,
    up: [
      'drop index concurrently orders_total_cents_id_idx',
      'create index concurrently orders_total_cents_id_idx on orders (total_cents, id) with (fillfactor = 80)',
    ],
    down: [],
  },
  TriggerThatIsOffMeanwhile: {
    alone: true,
    up: [
      'alter table items add column rating integer',
      'alter table items disable trigger items_version',
      ...batches('items', 4000, 'rating = 1'),
      'alter table items enable trigger items_version',
    ],
    down: ['alter table items drop column rating'],
  },
  IndexOfLongTexts: {
    alone: true,
    up: ['create index concurrently posts_body_idx on posts (body)'],
    down: ['drop index concurrently posts_body_idx'],
  },
  CheckOfTotals: {
    up: ['alter table orders add constraint orders_total_cents_most check (total_cents < 100000000) not valid'],
    down: ['alter table orders drop constraint orders_total_cents_most'],
  },
  CheckOfKeys: {
    up: ['alter table idempotency_keys add constraint idempotency_keys_key_check check (length(key) <= 64) not valid'],
    down: ['alter table idempotency_keys drop constraint idempotency_keys_key_check'],
  },
  CheckOfLongBodies: {
    up: ['alter table posts add constraint posts_body_check check (length(body) <= 10000) not valid'],
    down: ['alter table posts drop constraint posts_body_check'],
  },
  CheckOfBytes: {
    up: ['alter table posts add constraint posts_title_check check (octet_length(title) <= 200) not valid'],
    down: ['alter table posts drop constraint posts_title_check'],
  },
  CheckOfCountry: {
    up: [`alter table users add constraint users_country_check check (length(address ->> 'country') = 2) not valid`],
    down: ['alter table users drop constraint users_country_check'],
  },
  BatchesUnderLock: {
    up: [
      'create table order_totals (order_id integer primary key, cents bigint not null)',
      'alter table orders add column is_counted boolean',
      ...Array.from(
        { length: 20 },
        (_, i) =>
          `insert into order_totals select id, total_cents from orders where id > ${i * 1000} and id <= ${i * 1000 + 1000}`,
      ),
    ],
    down: ['alter table orders drop column is_counted', 'drop table order_totals'],
  },
  SearchPathLeftBehind: {
    alone: true,
    up: ['set search_path to public, pgboss', 'alter table orders add column note text'],
    down: ['alter table orders drop column note'],
  },
  LockTimeoutLeftBehind: {
    up: ['alter table orders add column note text', 'set lock_timeout = 0'],
    down: ['alter table orders drop column note'],
  },
  LockLeftBehind: {
    up: ['select pg_advisory_lock(4711)', 'alter table orders add column note text'],
    down: ['alter table orders drop column note'],
  },
  TemporaryTableLeftBehind: {
    up: ['create temp table orders as select * from public.orders where id <= 10'],
    down: ['drop table if exists pg_temp.orders'],
  },
  OpenTransaction: {
    alone: true,
    up: ['begin', 'alter table orders add column note text'],
    down: ['alter table orders drop column note'],
  },
  EndsOthers: {
    up: [
      `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()
        and application_name <> 'aerie-prepare'`,
      'alter table orders add column note text',
    ],
    down: ['alter table orders drop column note'],
  },
  FinerTimes: {
    alone: true,
    up: ['alter table orders alter column created_at type timestamp(6) with time zone'],
    down: [],
  },
  IndexOfOtherClass: {
    alone: true,
    up: [
      'create index concurrently users_email_idx on users (is_active, left(email, 200) text_pattern_ops, id)',
      'drop index concurrently users_is_active_email_id_idx',
    ],
    down: [
      'create index concurrently users_is_active_email_id_idx on users (is_active, left(email, 200), id)',
      'drop index concurrently users_email_idx',
    ],
  },
  NumberWithoutSequence: {
    up: [`insert into items (id, name, price_cents, stock) values (15000, 'Gift card', 0, 1)`],
    down: ['delete from items where id = 15000'],
  },
  DropDefaultOfMails: {
    up: ['alter table sent_mails alter column accepted_at drop default'],
    down: ['alter table sent_mails alter column accepted_at set default now()'],
  },
  TriggerOfSessions: {
    up: trigger('sessions_device', 'sessions', 'insert or update', 'new.device := left(new.device, 20); return new;'),
    down: noTrigger('sessions_device', 'sessions'),
  },
  FilledWithForeignKey: {
    up: [
      'create table badges (user_id integer not null references users on delete cascade, name text)',
      'insert into badges select id, name from users',
    ],
    down: ['drop table badges'],
  },
  ValidatedAtOnce: {
    up: [
      'alter table orders add constraint orders_total_cents_right check (total_cents >= 0) not valid',
      'alter table orders validate constraint orders_total_cents_right',
    ],
    down: ['alter table orders drop constraint orders_total_cents_right'],
  },
  ForeignKeyValidatedAtOnce: {
    up: [
      'alter table posts add constraint posts_author_fkey foreign key (user_id) references users on delete cascade not valid',
      'alter table posts validate constraint posts_author_fkey',
    ],
    down: ['alter table posts drop constraint posts_author_fkey'],
  },
  VolatileSearch: {
    up: ['alter function search_text(text) volatile'],
    down: ['alter function search_text(text) immutable'],
  },
  RenameForeignKey: {
    up: ['alter table orders rename constraint orders_item_id_fkey to orders_item_fkey'],
    down: ['alter table orders rename constraint orders_item_fkey to orders_item_id_fkey'],
  },
  RuleOfUsers: {
    up: [
      'create table user_log (email text)',
      'create rule users_logged as on insert to users do also insert into user_log values (new.email)',
    ],
    down: ['drop rule users_logged on users', 'drop table user_log'],
  },
  DeferrableUnique: {
    alone: true,
    up: [
      'create unique index concurrently users_email_new on users (email)',
      'alter table users drop constraint users_email_key, add constraint users_email_key unique using index users_email_new deferrable',
    ],
    down: [],
  },
  SquashedMigrations: { up: [`delete from migrations where name like 'Initial%'`], down: [] },
  IndexWithoutRunner: {
    up: [async (runner) => (await runner.connect()).query('create index posts_version_idx on posts (version)')],
    down: ['drop index posts_version_idx'],
  },
  LocksInBlock: { up: ['do $$ begin perform id from orders for update; end $$'], down: [] },
  CheckOfNewColumn: add('orders', `note text check (length(note) < 100)`, 'note'),
  ConstraintTrigger: {
    up: [
      `create function orders_total_judged() returns trigger language plpgsql as $$
        begin if new.quantity > 2 then raise exception 'too many'; end if; return null; end $$`,
      'create constraint trigger orders_total_judged after insert on orders deferrable initially deferred for each row execute function orders_total_judged()',
    ],
    down: ['drop trigger orders_total_judged on orders', 'drop function orders_total_judged()'],
  },
  DefaultOfFailures: {
    up: ['alter table totps alter column failures set default 10, alter column failed_at set default now()'],
    down: ['alter table totps alter column failures set default 0, alter column failed_at drop default'],
  },
  OrdersOnePerItem: {
    alone: true,
    up: [
      `create unique index concurrently orders_one_new on orders (user_id, item_id, created_at) where status = 'new'`,
    ],
    down: ['drop index concurrently orders_one_new'],
  },
};
