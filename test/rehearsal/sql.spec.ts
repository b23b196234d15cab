import { join } from 'node:path';

const { quoted, statementsIn } = (await import(join(process.cwd(), 'scripts/rehearse/sql.mjs'))) as {
  quoted: (name: string) => string;
  statementsIn: (text: string) => string[];
};

it('quotes the names of tables, with and without a schema', () => {
  expect(['orders', 'pgboss.job'].map(quoted)).toEqual(['"orders"', '"pgboss"."job"']);
});

it.each([
  ['begin', ['begin']],
  ['/* a; b */ commit; -- c; d', ['commit']],
  [`set local lock_timeout = '1s'; create index i on posts (version)`, 2],
  ['begin; lock table orders; commit;', ['begin', 'lock table orders', 'commit']],
  ['do $$ begin perform 1; commit; end $$', 1],
  ['create function one() returns integer language sql begin atomic select 1; end', 1],
  [
    'create function one() returns integer language sql begin atomic select case when true then 1 end; select 2; end',
    1,
  ],
  [String.raw`select ';', e'\';', ";"`, 1],
])('finds the statements in %s', (text, expected) => {
  const statements = statementsIn(text);
  expect(typeof expected === 'number' ? statements.length : statements).toEqual(expected);
});
