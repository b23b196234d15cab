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
  readonly compare: (url: string, statements: readonly object[]) => Promise<readonly Broken[]>;
}

const script = <T>(name: string) => import(join(process.cwd(), 'scripts/rehearse', name)) as Promise<T>;
const { statementsOf } = await script<Statements>('statements.mjs');
const { compare } = await script<Tables>('tables.mjs');

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
