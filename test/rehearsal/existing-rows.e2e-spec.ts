/** @jest-environment node */
import { join } from 'node:path';
import { ownDatabase } from '../support/own-database.js';

interface Refused {
  readonly table: string;
  readonly action: string;
  readonly isUnchecked?: boolean;
}

interface ExistingRows {
  readonly rulesOf: (url: string, tables: readonly object[], mostMs?: number) => Promise<object>;
  readonly refusedRows: (
    url: string,
    tables: readonly object[],
    before: object,
    works: () => boolean,
    mostMs?: number,
  ) => Promise<Refused[]>;
}

const { rulesOf, refusedRows } = (await import(
  join(process.cwd(), 'scripts/rehearse/existing-rows.mjs')
)) as ExistingRows;

/** Half of the items have an order. `spare_id` refers to the others, and its key does not refuse to delete them. */
const FILL = [
  'create table items (id integer primary key, stock integer)',
  `create table orders (id integer primary key, item_id integer constraint item references items on delete restrict,
    spare_id integer constraint spare references items on delete cascade)`,
  'insert into items select i, 1 from generate_series(1, 20) i',
  'insert into orders select i, i, i + 10 from generate_series(1, 10) i',
];
const ITEMS = { name: 'items', columns: [{ name: 'id' }, { name: 'stock' }], key: ['id'] };

/** Returns what new rules refuse after these statements: the table and the action. */
async function refused(statements: readonly string[], former: readonly string[] = []): Promise<string[]> {
  const { url, query } = await ownDatabase({ empty: true });
  for (const statement of [...FILL, ...former]) await query(statement);
  const before = await rulesOf(url, [ITEMS]);
  for (const statement of statements) await query(statement);
  return (await refusedRows(url, [ITEMS], before, () => true)).map(({ table, action }) => `${table} ${action}`);
}

const trigger = (body: string, name = 'seen') => [
  `create function ${name}() returns trigger language plpgsql as $$ begin ${body} end $$`,
  `create trigger ${name} before update on items for each row execute function ${name}()`,
];
const again = (key: string, how: string) =>
  `alter table orders drop constraint ${key}, add constraint ${key} foreign key ${how}`;

it.each([
  ['a trigger', trigger('return new;')],
  ['a key without RESTRICT', [again('item', '(item_id) references items')]],
  ['a key that can be deferred', [again('item', '(item_id) references items initially deferred')]],
  ['a key that is not validated', [again('item', '(item_id) references items not valid')]],
  ['another name of the table', ['alter table orders rename to purchases']],
  ['another name of the column', ['alter table orders rename item_id to thing_id']],
  [
    'a copy of the table',
    [
      'create table copied (like orders including all)',
      'insert into copied select * from orders',
      'alter table copied add foreign key (item_id) references items',
      'drop table orders',
      'alter table copied rename to orders',
    ],
  ],
])('does not report rows that were refused before: %s', async (_about, statements) => {
  expect(await refused(statements)).toEqual([]);
});

it('reports a check that raises an error for existing rows, and goes on', async () => {
  const checks = ['stock / (id - 20) >= 0', 'stock < 1'].map(
    (condition, n) => `alter table items add constraint check${n} check (${condition}) not valid`,
  );
  expect(await refused(checks)).toEqual(['items changes', 'items changes']);
});

it('reports rows that were not refused before', async () => {
  expect(await refused([again('spare', '(spare_id) references items')])).toEqual(['items deletes']);
  expect(await refused(trigger(`raise exception 'no';`))).toEqual(['items changes']);
  expect(await refused(trigger('if old.id = 20 then return null; end if; return new;'))).toEqual(['items changes']);
  expect(await refused(trigger('if old.id = 20 then new.stock := 9; end if; return new;'))).toEqual(['items changes']);
});

const STORES = 'if old.id < 5 then new.stock := 9; end if; return new;';
const SKIPS = 'if old.id < 5 then return null; end if; return new;';
const RAISES = `if old.id < 5 then raise exception 'no'; end if; return new;`;

it.each([
  ['stores', STORES],
  ['skips', SKIPS],
  ['refuses', RAISES],
])('does not report what a former trigger already %s, if another trigger is added', async (_about, body) => {
  expect(await refused(trigger('return new;', 'unrelated'), trigger(body))).toEqual([]);
});

it('reports what a new trigger does in addition to a former one', async () => {
  const former = trigger(STORES);
  expect(await refused(trigger(RAISES, 'added'), former)).toEqual(['items changes']);
  expect(await refused(trigger(SKIPS, 'added'), former)).toEqual(['items changes']);
  const more = ['alter table items add column price integer', ...trigger(STORES.replace('stock', 'price'), 'added')];
  expect(await refused(more, former)).toEqual([]); // the build does not know the column
  expect(await refused(trigger(STORES.replace('< 5', '> 9'), 'added'), trigger(SKIPS))).toEqual(['items changes']);
});

it.each([
  ['once', 1, []],
  ['each time', 9, ['items changes unchecked']],
])('tries rows again that others changed meanwhile: %s', async (_about, times, expected) => {
  const { url, query } = await ownDatabase({ empty: true });
  for (const statement of FILL) await query(statement);
  const before = await rulesOf(url, [ITEMS]);
  await query('create sequence attempts');
  for (const statement of trigger(
    `if old.id = 1 and nextval('attempts') <= ${times} then raise exception 'changed' using errcode = '40001'; end if; return new;`,
  ))
    await query(statement);
  const found = await refusedRows(url, [ITEMS], before, () => true);
  expect(found.map((one) => `${one.table} ${one.action}${one.isUnchecked ? ' unchecked' : ''}`)).toEqual(expected);
});

/** A try that takes longer ends. */
const MOST_MS = 500;
const SLOW = 'perform pg_sleep(5); return new;';

it.each([
  ['a new trigger', trigger(SLOW), []],
  ['a former trigger', trigger('return new;', 'unrelated'), trigger(SLOW)],
  [
    'a check',
    [
      `create function slow(integer) returns boolean language plpgsql as $$ begin perform pg_sleep(5); return true; end $$`,
      'alter table items add constraint slow check (slow(stock)) not valid',
    ],
    [],
  ],
])('says that trying takes too long: %s', async (_about, statements, former) => {
  const { url, query } = await ownDatabase({ empty: true });
  for (const statement of [...FILL, ...former]) await query(statement);
  const before = await rulesOf(url, [ITEMS], MOST_MS);
  for (const statement of statements) await query(statement);
  const [found] = await refusedRows(url, [ITEMS], before, () => true, MOST_MS);
  expect(found).toEqual({
    table: 'items',
    action: 'changes',
    isUnchecked: true,
    why: 'trying it took too long',
  });
});
