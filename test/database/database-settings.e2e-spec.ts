/** @jest-environment node */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createQueueClient, migrateJobs } from '../../src/jobs/queue.js';
import { readConfig } from '../../src/config/config.js';
import { AerieDataSource } from '../../src/kernel/database/data-source.js';
import { dataSourceOptions } from '../../src/kernel/database/data-source-options.js';
import { Logger } from '../../src/kernel/logging/logger.js';
import { withDataSource } from '../../src/database-setup/setup-connections.js';
import { Door } from '../support/door.js';
import { ownDatabase, setAll, type OwnDatabase } from '../support/own-database.js';
import { aerie, aFolder, command } from '../support/processes.js';

/** A setting of the database, and the value that Aerie's connections have nevertheless. */
const SETTINGS: Record<string, [foreign: string, ours: string]> = {
  DateStyle: ['German', 'ISO, MDY'],
  IntervalStyle: ['sql_standard', 'postgres'],
  TimeZone: ['Asia/Kolkata', 'UTC'],
  bytea_output: ['escape', 'hex'],
  extra_float_digits: ['-15', '1'],
  xmloption: ['document', 'content'],
  standard_conforming_strings: ['off', 'on'],
  backslash_quote: ['on', 'safe_encoding'],
  array_nulls: ['off', 'on'],
  transform_null_equals: ['on', 'off'],
  quote_all_identifiers: ['on', 'off'],
  gin_fuzzy_search_limit: ['1', '0'],
  default_transaction_isolation: ['serializable', 'read committed'],
  default_transaction_deferrable: ['on', 'off'],
  lc_messages: ['POSIX', 'C'],
  client_encoding: ['LATIN1', 'UTF8'],
};

const configOf = (url: string) =>
  readConfig({ NODE_ENV: 'test', DATABASE_URL: url, DATA_DIR: aFolder(), JWT_SECRET: 'x'.repeat(40) });

const foreign = Object.fromEntries(Object.entries(SETTINGS).map(([name, [value]]) => [name, value]));
const ours = Object.fromEntries(Object.entries(SETTINGS).map(([name, [, value]]) => [name, value]));

const CURRENT = 'select name, current_setting(name) as value from unnest($1::text[]) as asked (name)';
type Current = { name: string; value: string }[];
const asRecord = (rows: Current) => Object.fromEntries(rows.map(({ name, value }) => [name, value]));

describe('on a database with other settings', () => {
  let database: OwnDatabase;
  const config = () => configOf(database.url);
  const names = Object.keys(SETTINGS);

  beforeAll(async () => {
    database = await ownDatabase();
    await setAll(database, foreign);
  });

  it('a connection without explicit settings uses those of the database', async () => {
    const [{ value }] = (await database.query<{ value: string }>(`select current_setting('datestyle') as value`)) as [
      { value: string },
    ];
    expect(value).toBe('German, DMY');
  });

  it('request connections use the settings of Aerie', async () => {
    const source = await new AerieDataSource({
      ...dataSourceOptions(config(), new Logger(config())),
      entities: [],
    }).initialize();
    expect(asRecord(await source.query<Current>(CURRENT, [names]))).toEqual(ours);
    await source.destroy();
  });

  it('command and migration connections use the settings of Aerie', async () => {
    const found = await withDataSource(config(), (source) => source.query<Current>(CURRENT, [names]));
    expect(asRecord(found)).toEqual(ours);
  });

  it('job queue connections use the settings of Aerie', async () => {
    await migrateJobs(config());
    const queue = createQueueClient(config());
    await queue.start();
    const { rows } = await queue.getDb().executeSql(CURRENT, [names]);
    await queue.stop({ graceful: false });
    expect(asRecord(rows as Current)).toEqual(ours);
  });
});

it('no connection sends a startup parameter that a pooler rejects', async () => {
  const { url } = await ownDatabase();
  const greetings: string[] = [];
  const door = await Door.open(new URL(url), (socket) => {
    socket.once('data', (greeting: Buffer) => greetings.push(greeting.toString('latin1', 8)));
  });
  const app = aerie({ DATABASE_URL: door.url, DATA_DIR: aFolder() });
  const api = await app.address();
  await fetch(`${api}/items`);
  app.signal('SIGTERM');
  await app.ended;
  door.close();
  const parameters = greetings.flatMap((text) => text.split('\0').filter((part, i) => i % 2 === 0 && part !== ''));
  expect(new Set(parameters)).toEqual(new Set(['user', 'database', 'application_name', 'client_encoding']));
  for (const name of ['aerie', 'aerie-prepare', 'aerie-jobs']) expect(greetings.join()).toContain(`\0${name}\0`);
});

const PASSWORD = 'Correct-Horse-7-Battery';
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

describe.each<[string, Record<string, string>]>([
  ['DateStyle German', { DateStyle: 'German' }],
  ['DateStyle SQL, DMY', { DateStyle: 'SQL, DMY' }],
  ['all settings changed', foreign],
])('a new database with %s', (_name, settings) => {
  const folder = aFolder();
  let database: OwnDatabase;
  let env: Record<string, string>;

  beforeAll(async () => {
    database = await ownDatabase({ empty: true });
    await setAll(database, settings);
    env = { DATABASE_URL: database.url, DATA_DIR: folder, LOG_LEVEL: 'warn' };
  });

  it('can be migrated, seeded, read, written and verified', async () => {
    const given = { users: [{ id: 7, email: 'ann@example.com', name: 'Ann', password: PASSWORD }] };
    writeFileSync(join(folder, 'seed.json'), JSON.stringify(given));
    expect(await command('migrate', [], { cwd: folder, env })).toMatchObject({ code: 0 });
    expect(await command('seed', ['seed.json', '--yes'], { cwd: folder, env })).toMatchObject({ code: 0 });
    expect(await command('admin', ['create', 'root@example.com'], { cwd: folder, env })).toMatchObject({ code: 0 });
    await database.query(`update users set password_hash = (select password_hash from users where id = 7)`);

    const app = aerie(env);
    const api = await app.address();
    const send = async (method: string, path: string, token?: string, body?: unknown) => {
      const answer = await fetch(api + path, {
        method,
        headers: {
          ...(body ? { 'Content-Type': 'application/json' } : {}),
          ...(token ? { Authorization: `Bearer ${token}` } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const text = await answer.text();
      return {
        status: answer.status,
        text,
        body: text.startsWith('{') || text.startsWith('[') ? (JSON.parse(text) as never) : undefined,
      };
    };
    const tokenOf = async (username: string) => {
      const answer = await fetch(`${api}/auth/token`, {
        method: 'POST',
        body: new URLSearchParams({ username, password: PASSWORD }),
      });
      expect(answer.status).toBe(200);
      return ((await answer.json()) as { access_token: string }).access_token;
    };

    const signedUp = await send('POST', '/users', undefined, {
      email: 'ben@example.com',
      name: 'Ben',
      password: PASSWORD,
    });
    expect(signedUp).toMatchObject({ status: 201, body: { created_at: expect.stringMatching(TIME) } });
    const [admin, ben] = [await tokenOf('root@example.com'), await tokenOf('ben@example.com')];
    const item = await send('POST', '/items', admin, { name: String.raw`A \ 'b' "c" \n`, price_cents: 250, stock: 5 });
    expect(item).toMatchObject({
      status: 201,
      body: { name: String.raw`A \ 'b' "c" \n`, created_at: expect.stringMatching(TIME) },
    });
    const { id } = item.body as unknown as { id: number };
    expect(await send('POST', '/orders', ben, { item_id: id, quantity: 2 })).toMatchObject({ status: 201 });
    expect(await send('PATCH', '/profile', ben, { tags: ['a', 'NULL', String.raw`\x41`] })).toMatchObject({
      status: 200,
      body: { tags: ['a', 'NULL', String.raw`\x41`] },
    });
    for (const path of [
      '/orders',
      '/items?search=b',
      '/api/v1/posts',
      '/profile',
      `/dashboard?user_id=${(signedUp.body as unknown as { id: number }).id}`,
      '/process',
      '/auth/sessions',
    ]) {
      expect([path, (await send('GET', path, ben)).status]).toEqual([path, 200]);
    }
    for (const path of ['/users', '/jobs', '/audit', '/exports']) {
      expect([path, (await send('GET', path, admin)).status]).toEqual([path, 200]);
    }
    const exported = await send('GET', '/export', ben);
    expect(exported.text.split('\n')[1]).toMatch(/new,"?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/);
    expect((await send('GET', '/jobs', admin)).text).toMatch(/"created_at":"\d{4}-\d\d-\d\dT/);
    app.signal('SIGTERM');
    expect(await app.ended).toBe(0);
    expect(await command('audit verify', [], { cwd: folder, env })).toMatchObject({ code: 0 });
  });
});
