/** @jest-environment node */
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { nameOf, ownDatabase } from '../support/own-database.js';
import { aFolder, command } from '../support/processes.js';

const UNREACHABLE = { DATABASE_URL: 'postgres://127.0.0.1:1/nowhere' };

/** Mistakes of operators: the command line, the environment, and the message. The exit code is 1. */
const MISTAKES: [line: string, env: Record<string, string>, said: RegExp][] = [
  ['serve', UNREACHABLE, /^The database nowhere on 127\.0\.0\.1:1 cannot be reached: connect ECONNREFUSED/],
  ['worker', UNREACHABLE, /^The database nowhere on 127\.0\.0\.1:1 cannot be reached: connect ECONNREFUSED/],
  ['migrate --status', UNREACHABLE, /^The database nowhere on 127\.0\.0\.1:1 cannot be reached/],
  ['audit verify', UNREACHABLE, /^The database nowhere on 127\.0\.0\.1:1 cannot be reached/],
  ['admin list', UNREACHABLE, /^The database nowhere on 127\.0\.0\.1:1 cannot be reached/],
  ['openapi', UNREACHABLE, /^The database nowhere on 127\.0\.0\.1:1 cannot be reached/],
  [
    'migrate',
    { DATABASE_URL: 'mysql://db/aerie' },
    /^The configuration has 1 error:\n {2}- DATABASE_URL must begin with/,
  ],
  [
    'migrate',
    { DATABASE_URL: 'postgres://nobody.invalid/x' },
    /^The database x on nobody\.invalid:5432 cannot be reached/,
  ],
  ['serve', { PORT: '99999', WORKERS: '0' }, /^The configuration has 2 errors:\n {2}- PORT .+\n {2}- WORKERS .+\n$/],
  [
    'migrate',
    { NODE_ENV: 'production' },
    /^The configuration has 1 error:\n {2}- JWT_SECRET is required in production\n$/,
  ],
  [
    'migrate',
    { JWT_SECRET_FILE: '/nowhere' },
    /^The configuration has 1 error:\n {2}- JWT_SECRET_FILE cannot be read: no such file or directory\n$/,
  ],
  [
    'serve',
    { DATA_DIR: '/dev/null/data' },
    /^The configuration has 1 error:\n {2}- JWT_SECRET is not set, and the development secret cannot be stored in DATA_DIR: /,
  ],
  [
    'migrate',
    { DATA_DIR: '/dev/null/data', JWT_SECRET: 'x'.repeat(32) },
    /^Creating a database in \/dev\/null\/data…\nThe data folder \/dev\/null\/data cannot be created .+: set DATA_DIR to another\.\n$/,
  ],
  [
    'worker',
    { DATA_DIR: '/proc/data' },
    /^The configuration has 1 error:\n {2}- JWT_SECRET is not set, and the development secret cannot be stored in DATA_DIR: /,
  ],
  [
    'migrate',
    { DATA_DIR: '/proc/data/below', JWT_SECRET: 'x'.repeat(32) },
    /^Creating a database in \/proc\/data\/below…\nThe data folder \/proc\/data\/below cannot be created .+: set DATA_DIR to another\.\n$/,
  ],
  [
    'migrate',
    { DATA_DIR: '/proc', JWT_SECRET: 'x'.repeat(32) },
    /^Creating a database in \/proc…\nThe data folder \/proc\/postgres cannot be created .+: set DATA_DIR to another\.\n$/,
  ],
  ['restore nowhere.aerie', {}, /^nowhere\.aerie cannot be read: no such file or directory\n$/],
  [
    'backup file',
    UNREACHABLE,
    /^This command needs the embedded database, but DATABASE_URL is set: see docs\/backups\.md/,
  ],
  ['seed nowhere.json --yes', UNREACHABLE, /^The file nowhere\.json cannot be read: no such file or directory\n$/],
  ['story an-id --log nowhere.log', UNREACHABLE, /^The file nowhere\.log cannot be read: no such file or directory\n$/],
  ['story an-id --log .', UNREACHABLE, /^The file \. cannot be read: it is a folder/],
];

it.each(MISTAKES)('aerie %s with %j reports the error and creates no database', async (line, env, said) => {
  const folder = aFolder();
  const DATA_DIR = join(folder, 'data');
  const { code, output } = await command(line, [], { cwd: folder, env: { DATA_DIR, LOG_LEVEL: 'warn', ...env } });
  expect([code, output]).toEqual([1, expect.stringMatching(said)]);
  expect(output).not.toMatch(/^ +at /m);
  expect(existsSync(join(DATA_DIR, 'postgres'))).toBe(false);
});

it('a first start of a worker prints its steps, and only one line about a METRICS_PORT that is taken', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const env = { DATA_DIR: aFolder(), LOG_LEVEL: 'warn', METRICS_PORT: String(port) };
  const { code, output } = await command('worker', [], { cwd: aFolder(), env });
  taken.close();
  expect([code, output.split('\n')]).toEqual([
    1,
    [
      `Creating a database in ${env.DATA_DIR}…`,
      expect.stringMatching(/^Applying \d+ migration\(s\)…$/),
      `Port ${port} on 127.0.0.1 is taken by another program: stop it, or set METRICS_PORT to another number`,
      '',
    ],
  ]);
});

it('the error message names a database that does not exist', async () => {
  const { url } = await ownDatabase({ empty: true });
  const DATABASE_URL = url.replace(/test_\w+/, 'missing');
  const { code, output } = await command('migrate', [], { cwd: aFolder(), env: { DATABASE_URL } });
  expect([code, output]).toEqual([
    1,
    expect.stringMatching(/^The database missing on .+ cannot be reached: database "missing" does not exist\n$/),
  ]);
});

it('the error message for a role that cannot create tables is that of PostgreSQL, without a stack trace', async () => {
  const database = await ownDatabase({ empty: true });
  const role = `weak_${nameOf(database)}`;
  await database.query(`create role "${role}" login password 'hush'`);
  const url = new URL(database.url);
  Object.assign(url, { username: role, password: 'hush' });
  try {
    const { code, output } = await command('migrate', [], { cwd: aFolder(), env: { DATABASE_URL: url.href } });
    expect([code, output]).toEqual([1, expect.stringMatching(/^The database refuses this: .*permission denied/m)]);
    expect(output).not.toMatch(/^ +at /m);
  } finally {
    await database.query(`drop role "${role}"`);
  }
});

it('the error message names a file that cannot be written', async () => {
  const { url } = await ownDatabase();
  const folder = aFolder();
  mkdirSync(join(folder, 'openapi.json'));
  const { code, output } = await command('openapi', [], { cwd: folder, env: { DATABASE_URL: url, DATA_DIR: folder } });
  expect([code, output]).toEqual([1, expect.stringMatching(/^openapi\.json cannot be used: it is a folder\n$/)]);
});

it('the error message names a .env that is a folder', async () => {
  const folder = aFolder();
  mkdirSync(join(folder, '.env'));
  expect(await command('migrate', [], { cwd: folder, env: {} })).toEqual({
    code: 1,
    output: 'The configuration has 1 error:\n  - .env cannot be read: it is a folder\n',
  });
});

it.each(['serve', 'worker', 'admin list', 'migrate'])('%s names a misspelled variable in development', async (name) => {
  const folder = aFolder();
  writeFileSync(join(folder, '.env'), 'WORKRES=2\n');
  const { code, output } = await command(name, [], { cwd: folder, env: UNREACHABLE });
  expect(code).toBe(1);
  expect(output).toMatch(/^WARNING: WORKRES is not an Aerie variable: did you mean WORKERS\?\nThe database nowhere/);
});
