/** @jest-environment node */
import { join } from 'node:path';
import { ownDatabase } from '../support/own-database.js';

interface Changed {
  readonly table: string;
  readonly name: string;
  readonly why: string;
  readonly isUnchecked?: boolean;
}

interface IndexFunctions {
  readonly indexFunctions: (url: string) => Promise<readonly object[]>;
  readonly changedResults: (url: string, before: readonly object[], mostMs?: number) => Promise<readonly Changed[]>;
}

const { indexFunctions, changedResults } = (await import(
  join(process.cwd(), 'scripts/rehearse/index-functions.mjs')
)) as IndexFunctions;

const folded = (body: string) =>
  `create or replace function folded(text) returns text language plpgsql immutable as $$ begin ${body} end $$`;
const LOWER = folded('return lower($1);');

/** Returns what has changed after these statements. */
async function changed(statements: readonly string[], mostMs?: number): Promise<readonly Changed[]> {
  const { url, query } = await ownDatabase({ empty: true });
  await query(LOWER);
  await query('create table people (id integer, name text)');
  await query('create index people_name_idx on people (id, folded(name))');
  await query(`insert into people values (1, 'Ann'), (2, 'É'), (3, null)`);
  const before = await indexFunctions(url);
  for (const statement of statements) await query(statement);
  return changedResults(url, before, mostMs);
}

it.each([
  ['nothing', []],
  ['an equal function', [folded('/* all letters */ return lower($1);')]],
  ['other attributes', ['alter function folded(text) cost 7']],
  ['a function of other arguments', [LOWER.replace('text)', 'text, other text)')]],
  ['a dropped index', ['drop index people_name_idx', folded('return $1;')]],
])('the results of an index are the same after %s', async (_about, statements) => {
  expect(await changed(statements)).toEqual([]);
});

it('counts the rows for which the function of an index has another result', async () => {
  const why = 'the function folded(text) of the index people_name_idx has another result for 2 existing rows';
  expect(await changed([folded('return upper($1) || $1;')])).toEqual([{ table: 'people', name: 'folded(text)', why }]);
});

it('says that a function fails for existing rows, or that the comparison takes too long', async () => {
  const why = 'the function folded(text) of the index people_name_idx fails for existing rows: no';
  expect(await changed([folded(`raise exception 'no';`)])).toEqual([{ table: 'people', name: 'folded(text)', why }]);
  const slow = folded('perform pg_sleep(5); return $1;');
  expect(await changed([slow], 500)).toMatchObject([{ isUnchecked: true, why: 'trying it took too long' }]);
});
