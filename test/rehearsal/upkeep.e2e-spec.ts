/** @jest-environment node */
import { join } from 'node:path';
import { ownDatabase } from '../support/own-database.js';

interface Upkeep {
  readonly upkeepOf: (url: string) => Promise<object>;
  readonly neglects: (before: object, now: object) => string[];
  readonly gaps: (before: object, now: object) => string[];
}

const { upkeepOf, neglects, gaps } = (await import(join(process.cwd(), 'scripts/rehearse/upkeep.mjs'))) as Upkeep;

it('reports invalid indexes of partitioned tables and of the job queue', async () => {
  const { url, query } = await ownDatabase({ empty: true });
  await query('create schema pgboss');
  for (const schema of ['public', 'pgboss'])
    await query(`create table ${schema}.visits (at date not null) partition by range (at)`);
  const before = await upkeepOf(url);
  for (const schema of ['public', 'pgboss']) {
    await query(
      `create table ${schema}.visits_2026 partition of ${schema}.visits for values from ('2026-01-01') to ('2027-01-01')`,
    );
    await query(`create index visits_at_idx on only ${schema}.visits (at)`);
  }
  expect(neglects(before, await upkeepOf(url)).toSorted()).toEqual([
    'the database now has the index pgboss.visits_at_idx, which is not valid',
    'the database now has the index visits_at_idx, which is not valid',
  ]);
});

/** Returns what is missing after these statements, and what is neglected. */
async function missing(statements: readonly string[], compare = neglects): Promise<string[]> {
  const { url, query } = await ownDatabase({ empty: true });
  await query('create table users (id integer primary key, email text constraint users_email_key unique, name text)');
  await query('create index users_name_idx on users (name, id)');
  await query(`create function seen() returns trigger language plpgsql as 'begin return new; end'`);
  await query('create trigger users_seen before update on users for each row execute function seen()');
  const before = await upkeepOf(url);
  for (const statement of statements) await query(statement);
  return compare(before, await upkeepOf(url));
}

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
  ['alter table users drop constraint users_email_key', 2],
  ['drop index users_name_idx', 1],
  ['drop trigger users_seen on users', 1],
  ['alter table users disable trigger users_seen', 1],
  ['alter table users drop column name', 1],
  ['alter table users add column note text', 0],
  ['alter table users rename constraint users_email_key to users_email_unique', 1],
])('finds what is missing meanwhile after: %s', async (statement, count) => {
  expect(await missing([statement], gaps)).toHaveLength(count);
});
