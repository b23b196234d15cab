/** @jest-environment node */
import { join } from 'node:path';
import { ownDatabase } from '../support/own-database.js';

interface Statements {
  readonly statementsOf: (url: string, tables: readonly object[]) => Promise<readonly object[]>;
}

interface Broken {
  readonly table: string;
  readonly action: string;
}

interface Tables {
  readonly baseline: (url: string, statements: readonly object[]) => Promise<object>;
  readonly compare: (url: string, statements: readonly object[], before?: object) => Promise<readonly Broken[]>;
}

const script = <T>(name: string) => import(join(process.cwd(), 'scripts/rehearse', name)) as Promise<T>;
const { statementsOf } = await script<Statements>('statements.mjs');
const { baseline, compare } = await script<Tables>('tables.mjs');

const COUNTRIES = { name: 'countries', columns: [{ name: 'id' }, { name: 'name' }], key: ['id'] };
const CITIES = { name: 'cities', columns: [{ name: 'id' }, { name: 'country_id' }], key: ['id'] };

it('accepts that rows of a new table are protected, but not that inserts fail', async () => {
  const { url, query } = await ownDatabase({ empty: true });
  await query('create table countries (id integer primary key, name text)');
  await query('create table cities (id integer primary key, country_id integer references countries)');
  await query(`insert into countries values (1, 'France')`);
  await query('insert into cities values (1, 1)');
  await query(`create function stay() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$`);
  await query('create trigger cities_stay before update or delete on cities for each row execute function stay()');
  const broken = async () =>
    (await compare(url, await statementsOf(url, [COUNTRIES, CITIES]))).map(({ table, action }) => `${table} ${action}`);
  expect(await broken()).toEqual([]);
  await query(`alter table countries add constraint others check (name <> 'France') not valid`);
  expect(await broken()).toEqual(['countries changes', 'countries inserts']);
});

it('accepts a table that is replaced by a partitioned one', async () => {
  const { url, query } = await ownDatabase({ empty: true });
  await query('create table countries (id integer primary key, name text)');
  await query(`insert into countries select i, 'France' from generate_series(1, 100) i`);
  const statements = await statementsOf(url, [COUNTRIES]);
  const before = await baseline(url, statements);
  await query('create table parts (like countries, primary key (id)) partition by hash (id)');
  for (const part of [0, 1])
    await query(`create table part_${part} partition of parts for values with (modulus 2, remainder ${part})`);
  await query('insert into parts select * from countries');
  await query('drop table countries');
  await query('alter table parts rename to countries');
  expect(await compare(url, statements, before)).toEqual([]);
});

it.each([
  ['a whole table', 'new.name := (select new.name from countries where id is not null having count(*) > 0)', 2],
  ['a row', 'new.name := coalesce((select new.name from countries where id = 1), new.name)', 0],
])('judges a trigger that reads %s for each row by the number of rows', async (_about, body, count) => {
  const { url, query } = await ownDatabase({ empty: true });
  await query('create table countries (id integer primary key, name text)');
  await query(`insert into countries select i, 'France' from generate_series(1, 12000) i`);
  await query('analyze countries');
  const statements = await statementsOf(url, [COUNTRIES]);
  const before = await baseline(url, statements);
  await query(`create function read() returns trigger language plpgsql as $$ begin ${body}; return new; end $$`);
  await query(
    'create trigger countries_read before insert or update on countries for each row execute function read()',
  );
  const broken = await compare(url, statements, before);
  const actions = new Set(broken.map(({ action }) => action)); // the sentences have numbers of rows, which may differ
  expect([...actions].filter((action) => action !== 'deletes')).toHaveLength(count);
});
