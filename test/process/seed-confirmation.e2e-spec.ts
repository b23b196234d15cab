/** @jest-environment node */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nameOf, ownDatabase, type OwnDatabase } from '../support/own-database.js';
import { aFolder, command, MAIN } from '../support/processes.js';
import { AtTerminal, hasTerminal } from '../support/terminal.js';

const folder = aFolder();
let database: OwnDatabase;

beforeEach(async () => {
  database = await ownDatabase();
  writeFileSync(
    join(folder, 'seed.json'),
    JSON.stringify({ items: [{ id: 3, name: 'Lamp', price_cents: 1, stock: 1 }] }),
  );
});

const aUser = () =>
  database.query(`insert into users (email, name, password_hash) values ('ann@example.com', 'Ann', 'none')`);
const users = async () => (await database.query('select from users')).length;
const environment = () => ({ DATABASE_URL: database.url, DATA_DIR: folder });
const QUESTION = /Type "yes" to continue: /;
const seed = () => new AtTerminal([process.execPath, MAIN, 'seed', 'seed.json'], { cwd: folder, env: environment() });
const production = () => ({
  ...environment(),
  NODE_ENV: 'production',
  JWT_SECRET: randomBytes(32).toString('base64'),
});

it('seed refuses to replace data without a terminal, unless --yes is given', async () => {
  await aUser();
  const { code, output } = await command('seed', ['seed.json'], { cwd: folder, env: environment() });
  expect([code, output]).toEqual([
    2,
    'This deletes all data, and there is no terminal to confirm it: add --yes, as in "npm run seed -- FILE.json --yes"\n',
  ]);
  expect(await users()).toBe(1);
  expect(await command('seed', ['--yes', 'seed.json'], { cwd: folder, env: environment() })).toMatchObject({ code: 0 });
  expect(await users()).toBe(0);
});

it('seed requires no confirmation if the database is empty', async () => {
  expect(await command('seed', ['seed.json'], { cwd: folder, env: environment() })).toMatchObject({ code: 0 });
});

it('seed refuses to replace data in production without --production', async () => {
  await aUser();
  const { code, output } = await command('seed', ['seed.json', '--yes'], { cwd: folder, env: production() });
  expect([code, output]).toEqual([
    2,
    'This deletes all data, and NODE_ENV is production: add --production to allow it\n',
  ]);
  expect(await users()).toBe(1);
  expect(
    await command('seed', ['seed.json', '--yes', '--production'], { cwd: folder, env: production() }),
  ).toMatchObject({
    code: 0,
  });
  expect(await users()).toBe(0);
});

(hasTerminal ? describe : describe.skip)('at a terminal', () => {
  it('seed shows what will be deleted, and replaces it after the answer yes', async () => {
    await aUser();
    const terminal = seed();
    await terminal.answer(QUESTION, 'yes\r');
    const { code, output } = await terminal.end();
    expect(output).toContain(`This deletes all data of the database ${nameOf(database)}: 1 users.\n`);
    expect([code, output]).toEqual([0, expect.stringMatching(/\nLoaded 1 items, .+\n$/)]);
    expect(await users()).toBe(0);
  });

  it.each([
    ['no', 'no\r'],
    ['empty', '\r'],
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('seed changes nothing if the answer is %s', async (_, keys) => {
    await aUser();
    const terminal = seed();
    await terminal.answer(QUESTION, keys);
    expect(await terminal.end()).toMatchObject({
      code: 1,
      output: expect.stringMatching(/Cancelled: nothing was changed\n$/),
    });
    expect(await users()).toBe(1);
  });

  it('seed does not ask if the database is empty', async () => {
    expect(await seed().end()).toMatchObject({ code: 0, output: expect.stringMatching(/^Loaded 1 items, /) });
  });
});
