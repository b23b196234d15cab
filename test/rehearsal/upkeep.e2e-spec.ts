/** @jest-environment node */
import { join } from 'node:path';
import { ownDatabase } from '../support/own-database.js';

interface Upkeep {
  readonly upkeepOf: (url: string, names: readonly object[], former?: object) => Promise<object>;
  readonly neglects: (before: object, now: object) => string[];
  readonly gaps: (before: object, now: object) => string[];
}

const { upkeepOf, neglects, gaps } = (await import(join(process.cwd(), 'scripts/rehearse/upkeep.mjs'))) as Upkeep;

/** What the old build uses. It does not know the columns and tables that are called former. */
const TABLES = [
  ['users', 'id', 'email', 'name', 'boss_id'],
  ['orders', 'id'],
  ['Labels', 'Name'],
].map(([name, ...columns]) => ({ name, columns }));
const stateOf = (url: string, former?: object) => upkeepOf(url, TABLES, former);

it('reports invalid indexes of partitioned tables and of the job queue', async () => {
  const { url, query } = await ownDatabase({ empty: true });
  await query('create schema pgboss');
  for (const schema of ['public', 'pgboss'])
    await query(`create table ${schema}.visits (at date not null) partition by range (at)`);
  const before = await stateOf(url);
  for (const schema of ['public', 'pgboss']) {
    await query(
      `create table ${schema}.visits_2026 partition of ${schema}.visits for values from ('2026-01-01') to ('2027-01-01')`,
    );
    await query(`create index visits_at_idx on only ${schema}.visits (at)`);
  }
  expect(neglects(before, await stateOf(url)).toSorted()).toEqual([
    'the database now has the index pgboss.visits_at_idx, which is not valid',
    'the database now has the index visits_at_idx, which is not valid',
  ]);
});

/** Creates tables, and returns their state as well. */
async function created() {
  const { url, query } = await ownDatabase({ empty: true });
  await query(`create table users (id integer primary key, email text constraint users_email_key unique, name text,
    boss_id integer references users, former text)`);
  await query('create index users_former_idx on users (former, id)');
  await query('create table former (id integer primary key, name text)');
  await query('create index former_name_idx on former (name)');
  await query('create index users_name_idx on users (name, id)');
  await query(`create function seen() returns trigger language plpgsql as 'begin return new; end'`);
  await query('create trigger users_seen before update on users for each row execute function seen()');
  await query('create table "Labels" ("Name" text constraint "Labels_Name_key" unique)');
  return { url, query, before: await stateOf(url) };
}

/** Returns what is missing after these statements, or what is neglected. */
async function missing(statements: readonly string[], compare = neglects): Promise<string[]> {
  const { url, query, before } = await created();
  for (const statement of statements) await query(statement);
  return compare(before, await stateOf(url, before));
}

it('finds what is missing after a table was renamed behind a view, and a column as well', async () => {
  const { url, query, before } = await created();
  await query('alter table users rename to people');
  await query('alter table people rename column name to full_name');
  await query('create view users as select id, email, full_name as name, boss_id, former from people');
  const renamed = await stateOf(url, before);
  await query('drop index users_name_idx');
  await query('drop trigger users_seen on people');
  await query('drop index users_former_idx');
  expect(gaps(renamed, await stateOf(url, renamed))).toEqual([
    'the database lacks the trigger users_seen of people',
    'the index users_name_idx (full_name, id) is gone, and no other begins with its columns in its order',
  ]);
});

it.each([
  ['the same direction', 'name, id, email', 0],
  ['the other direction', 'name desc, id desc', 0],
  ['another order', 'name, id desc', 1],
  ['another order of nulls', 'name nulls first, id', 1],
  ['other operators', 'name text_pattern_ops, id', 1],
  ['another collation', 'name collate "C", id', 1],
])('an index is replaced by one in %s', async (_about, columns, count) => {
  const statements = [`create index users_other_idx on users (${columns})`, 'drop index users_name_idx'];
  expect(await missing(statements)).toHaveLength(count);
});

it.each([
  'alter table users rename column former to older',
  'alter table users drop column former',
  'drop index users_former_idx',
  'drop index former_name_idx',
  'alter table former drop constraint former_pkey',
  'alter table former rename column name to title',
])('nothing is missing after a change of what no build uses: %s', async (statement) => {
  expect(await missing([statement], gaps)).toEqual([]);
  expect(await missing([statement])).toEqual([]);
});

it.each([
  ['alter table users drop constraint users_email_key', 2],
  ['drop index users_name_idx', 1],
  ['drop trigger users_seen on users', 1],
  ['alter table users disable trigger users_seen', 1],
  ['alter table users drop column name', 1],
  ['alter table "Labels" drop constraint "Labels_Name_key"', 2],
  ['alter table users add column note text', 0],
  [
    'alter table users drop constraint users_boss_id_fkey, add constraint users_boss_id_fkey foreign key (boss_id) references users not valid',
    0,
  ],
  ['alter table users rename constraint users_email_key to users_email_unique', 1],
])('finds what is missing meanwhile after: %s', async (statement, count) => {
  expect(await missing([statement], gaps)).toHaveLength(count);
});

it.each([
  ['explicit numbers', [`insert into orders (id) values (7)`], 1],
  [
    'explicit numbers and a later sequence',
    [`insert into orders (id) values (7)`, `select setval('orders_id_seq', 7)`],
    0,
  ],
  ['numbers of the sequence', ['insert into orders default values'], 0],
])('compares a sequence with rows that have %s', async (_about, statements, count) => {
  const { url, query } = await ownDatabase({ empty: true });
  await query('create table orders (id integer generated by default as identity)');
  await query('insert into orders default values');
  const before = await stateOf(url);
  for (const statement of statements) await query(statement);
  expect(neglects(before, await stateOf(url))).toHaveLength(count);
});

it.each([
  ['autovacuum_enabled = off', 1],
  ['toast.autovacuum_enabled = no', 1],
  ['autovacuum_vacuum_threshold = 2000000000', 1],
  ['autovacuum_vacuum_scale_factor = 100', 1],
  ['autovacuum_enabled = on', 0],
  ['autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.01', 0],
])('compares whether autovacuum is disabled: %s', async (options, count) => {
  expect(await missing([`alter table users set (${options})`])).toHaveLength(count);
});

it.each([
  [`search_path = 'pg_catalog'`, 1],
  ['synchronous_commit = off', 1],
  ['jit = off', 0],
  [`work_mem = '8MB'`, 0],
  ['random_page_cost = 1.1', 0],
])('compares the settings of the database, except those without an effect on results: %s', async (setting, count) => {
  expect(
    await missing([
      `do $$ begin execute format('alter database %I set ${setting.replaceAll(`'`, `''`)}', current_database()); end $$`,
    ]),
  ).toHaveLength(count);
});

it('reports that the function of an index is no longer immutable', async () => {
  const { url, query } = await ownDatabase({ empty: true });
  await query(`create function folded(text) returns text language sql immutable as 'select lower($1)'`);
  await query('create table users (name text)');
  await query('create index users_name_idx on users (folded(name))');
  const before = await stateOf(url);
  await query('alter function folded(text) volatile');
  expect(neglects(before, await stateOf(url))).toEqual([
    'the database now has the function folded(text) of an index, which is not immutable',
  ]);
  await query('alter table users drop column name');
  expect(neglects(before, await stateOf(url))).toEqual([]);
});
