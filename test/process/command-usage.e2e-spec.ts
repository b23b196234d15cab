/** @jest-environment node */
import { join } from 'node:path';
import { ownDatabase } from '../support/own-database.js';
import { aFolder, command, Program } from '../support/processes.js';

import.meta.jest.setTimeout(60_000);

const COMMANDS: [name: string, call: string][] = [
  ['migrate', 'npm run migrate [-- --status | --dry-run | --down N]'],
  ['migration-generate', 'npm run migration:generate -- NAME'],
  ['seed', 'npm run seed -- FILE.json'],
  ['admin', 'npm run admin -- create EMAIL'],
  ['audit-verify', 'npm run audit:verify [-- --head HASH[,HASH …]]'],
  ['openapi', 'npm run openapi [-- --release | --server URL]'],
];

/** A database that nobody reaches, and a folder in which nothing may appear: whoever does anything fails with 1. */
const nowhere = { DATABASE_URL: 'postgres://127.0.0.1:1/nowhere' };
const run = (name: string, ...args: string[]) => command(name, args, { cwd: aFolder(), env: nowhere });

describe.each(COMMANDS)('%s', (name, call) => {
  it('says with --help how it is called, and does nothing', async () => {
    const { code, output } = await run(name, '--help');
    expect(code).toBe(0);
    expect(output.startsWith(`Usage: ${call}\n\n`)).toBe(true);
    expect(output).toMatch(/ {2}--help +says this\n$/);
  });

  it('refuses an unknown option, before it does anything', async () => {
    expect(await run(name, '--halp')).toEqual({ code: 2, output: `Unknown option '--halp'\nUsage: ${call}\n` });
  });

  it('refuses an argument too many', async () => {
    expect(await run(name, 'create', 'a', 'b')).toEqual({ code: 2, output: `Usage: ${call}\n` });
  });
});

it.each([
  [['--down'], `Option '--down <value>' argument missing`],
  [['--down', '0'], ''],
  [['--down', 'one'], ''],
  [['--status', '--dry-run'], 'Only one of its options can be given'],
])('migrate %j is refused', async (args, why) => {
  const { code, output } = await run('migrate', ...args);
  expect([code, output]).toEqual([2, `${why}${why && '\n'}Usage: ${COMMANDS[0]![1]}\n`]);
});

it('admin knows no other word than create', async () => {
  expect(await run('admin', 'destroy', 'a@example.com')).toMatchObject({ code: 2 });
});

it.each([[[]], [['worker']]])('a start with %j and --help, or an unknown option, begins nothing', async (args) => {
  const start = async (option: string) => {
    const script = join(process.cwd(), 'scripts/start.mjs');
    const program = new Program(process.execPath, [script, ...args, option], { cwd: aFolder(), env: nowhere });
    return { code: await program.ended, output: program.output };
  };
  const usage = 'Usage: npm start, or npm run worker\n';
  expect(await start('--help')).toEqual({ code: 0, output: expect.stringMatching(new RegExp(`^${usage}`)) });
  expect(await start('--port=1')).toEqual({ code: 2, output: usage });
});

it('one whose database cannot be reached says so, and fails with 1', async () => {
  for (const [name, ...args] of [['migrate', '--status'], ['audit-verify'], ['openapi']] as const) {
    const { code, output } = await run(name, ...args);
    expect([code, output]).toEqual([
      1,
      expect.stringMatching(/^The database nowhere on 127\.0\.0\.1:1 cannot be reached/),
    ]);
  }
});

describe('on a database that lacks the migrations', () => {
  it.each([['audit-verify'], ['admin', 'create', 'boss@example.com'], ['migration-generate', 'anything']])(
    '%s changes nothing, and says what to do first',
    async (name, ...args) => {
      const { url, query } = await ownDatabase({ empty: true });
      const { code, output } = await command(name, args, { cwd: aFolder(), env: { DATABASE_URL: url } });
      expect(code).toBe(1);
      expect(output).toMatch(
        /^The database lacks \d+ migration\(s\) of this build \(Initial\d+, .+\): run "npm run migrate" first\n$/,
      );
      expect(await query(`select from pg_class where relnamespace = 'public'::regnamespace`)).toEqual([]);
    },
  );

  it('openapi writes the document, which needs no tables, and makes none', async () => {
    const { url, query } = await ownDatabase({ empty: true });
    const folder = aFolder();
    expect(await command('openapi', [], { cwd: folder, env: { DATABASE_URL: url, DATA_DIR: folder } })).toMatchObject({
      code: 0,
    });
    expect(await query(`select from pg_class where relnamespace = 'public'::regnamespace`)).toEqual([]);
  });
});
