import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ownDatabase, type OwnDatabase } from '../support/own-database.js';
import { aFolder, command } from '../support/processes.js';
import { ROWS } from '../support/resources.js';

const folder = aFolder();
let database: OwnDatabase;

beforeAll(async () => {
  database = await ownDatabase();
});

async function seed(content: object): Promise<string> {
  writeFileSync(join(folder, 'seed.json'), JSON.stringify(content));
  const env = { DATABASE_URL: database.url, DATA_DIR: folder, LOG_LEVEL: 'warn' };
  return (await command('seed', ['seed.json', '--yes'], { cwd: folder, env })).output;
}

const order = { id: 5, user_id: null, item_id: 3, quantity: 1, total_cents: 250, created_at: '2020-02-29T10:00:00Z' };
const lamp = { id: 3, name: 'Lamp', price_cents: 250, stock: 5, created_at: null };

it('seed accepts tables in any order, and empties tables that are not in the file', async () => {
  expect(await seed({ orders: [order], items: [lamp] })).toMatch(/^Loaded 1 orders, 1 items, 0 /);
  const found = await database.query('select id, item_id, created_at from orders');
  expect(found).toEqual([{ id: 5, item_id: 3, created_at: new Date('2020-02-29T10:00:00Z') }]);
  expect(await seed({ items: [lamp] })).toMatch(/^Loaded 1 items, 0 /);
  expect(await database.query('select id from orders')).toEqual([]);
});

it('seed refuses a file with an unknown table, and deletes nothing', async () => {
  await seed({ items: [lamp] });
  expect(await seed({ item: [lamp], orders: [] })).toBe(
    'The file has 1 error:\n  item: there is no such table, only items, orders, posts, users\n',
  );
  expect(await database.query('select id from items')).toEqual([{ id: 3 }]);
});

it('seed reports errors in the order of the file', async () => {
  const output = await seed({ orders: [{ ...order, quantity: 0 }], items: [{ ...lamp, stock: -1 }] });
  expect(output).toMatch(/orders\.0\.quantity: .+\n {2}items\.0\.stock: /);
});

it('every resource has demo rows', async () => {
  const program = join(process.cwd(), 'test/support/schema.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [program, database.url, 'seeds']);
  const [tables] = JSON.parse(stdout) as [string[]];
  const without = ROWS.map(({ table }) => table).filter((table) => !tables.includes(table));
  expect(without.map((table) => `write ${table}.seed.ts in the folder of its entity: a Seed, with "demo"`)).toEqual([]);
});
