/** @jest-environment node */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ownDatabase } from '../support/own-database.js';
import { aFolder, command, Program } from '../support/processes.js';

/** Each command of the CLI, with the npm script that runs it in a checkout. */
const COMMANDS: [name: string, script: string][] = [
  ['serve', 'npm start --'],
  ['worker', 'npm run worker --'],
  ['migrate', 'npm run migrate --'],
  ['seed', 'npm run seed --'],
  ['backup', 'npm run backup --'],
  ['restore', 'npm run restore --'],
  ['audit verify', 'npm run audit:verify --'],
  ['story', 'npm run story --'],
  ['admin list', 'npm run admin -- list'],
  ['admin create', 'npm run admin -- create'],
  ['admin promote', 'npm run admin -- promote'],
  ['admin demote', 'npm run admin -- demote'],
  ['admin password', 'npm run admin -- password'],
  ['openapi', 'npm run openapi --'],
  ['migration generate', 'npm run migration:generate --'],
];

/** A database that cannot be reached: a command that does any work exits with code 1. */
const nowhere = { DATABASE_URL: 'postgres://127.0.0.1:1/nowhere' };

/** Runs a command in an empty folder and checks that it creates no files. */
async function run(name: string, ...args: string[]) {
  const cwd = aFolder();
  const result = await command(name, args, { cwd, env: nowhere });
  expect(readdirSync(cwd)).toEqual([]);
  return result;
}

describe.each(COMMANDS)('aerie %s', (name, script) => {
  it('prints its usage with --help and does nothing else', async () => {
    const { code, output } = await run(name, '--help');
    expect(code).toBe(0);
    const [, usage] = new RegExp(`^Usage: aerie ${name} (\\[options\\].*)`).exec(output)!;
    expect(output).toContain(`\nIn a checkout: ${script} ${usage}\n`);
  });

  it('refuses an unknown option or an excess argument before it does anything', async () => {
    const { code, output } = await run(name, '--halp');
    expect([code, output]).toEqual([
      2,
      `error: unknown option '--halp'\n(Did you mean --help?)\nUse --help to list the commands and options.\n`,
    ]);
    const excess = await run(name, 'a', 'b');
    expect([excess.code, excess.output]).toEqual([
      2,
      expect.stringMatching(/^error: (too many arguments|command-argument)/),
    ]);
  });
});

it.each([
  ['migrate', ['--down']],
  ['migrate', ['--down', '0']],
  ['migrate', ['--down', 'one']],
  ['migrate', ['--status', '--dry-run']],
  ['migrate', ['--down', '1', '--dry-run']],
  ['seed', []],
  ['seed', ['']],
  ['backup', []],
  ['backup', ['']],
  ['restore', ['']],
  ['story', ['']],
  ['story', ['GET /items']],
  ['story', ['abc', '--log', '']],
  ['admin create', []],
  ['admin create', ['boss@']],
  ['audit verify', ['--head', 'abc']],
  ['openapi', ['--server', '']],
  ['openapi', ['--server', 'api.example.com']],
  ['openapi', ['--server', 'ftp://api.example.com']],
  ['openapi', ['--server', 'https://']],
  ['openapi', ['--server', 'https://api.example.com/?a=b']],
  ['openapi', ['--server', 'https://api.example.com', '--release']],
  ['migration generate', ['../Evil']],
])('aerie %s %j exits with code 2 and an error message', async (name, args) => {
  const { code, output } = await run(name, ...args);
  expect(output).toMatch(/^(error|email): .+\n/);
  expect(output).not.toMatch(/^ +at /m);
  expect(code).toBe(2);
});

it('aerie runs serve if no command is given', async () => {
  const wrong = { cwd: aFolder(), env: { ...nowhere, WORKERS: 'many' } };
  const { code, output } = await command('', [], wrong);
  expect([code, output]).toEqual([1, (await command('serve', [], wrong)).output]);
  expect(output).toContain('WORKERS');
});

it('aerie --help lists the commands, and a command group without a command exits with code 2', async () => {
  const { code, output } = await run('--help');
  expect(code).toBe(0);
  expect(output).toMatch(/^Usage: aerie [^]*\nExit codes: 0 success; 1 failure, with the reason; 2 wrong usage/);
  for (const [name] of COMMANDS) expect(output).toContain(`\n  ${name.split(' ')[0]}`);
  expect(await run('admin')).toMatchObject({ code: 2, output: expect.stringMatching(/^Usage: aerie admin /) });
});

it('aerie suggests a command for a misspelled one', async () => {
  expect(await run('migrat')).toMatchObject({ code: 2, output: expect.stringContaining('(Did you mean migrate?)') });
  expect(await run('admin', 'promot', 'a@example.com')).toMatchObject({
    code: 2,
    output: expect.stringContaining('(Did you mean promote?)'),
  });
});

it('aerie --version prints the release', async () => {
  expect(await run('--version')).toEqual({ code: 0, output: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});

it.each([
  ['scripts/aerie.mjs', 'serve'],
  ['scripts/aerie.mjs', 'worker'],
  ['scripts/build.mjs'],
  ['client/scripts/build-if-needed.mjs'],
  ['scripts/dev.mjs'],
  ['scripts/fuzz.mjs'],
  ['scripts/wire-check.mjs'],
  ['scripts/clients.mjs'],
  ['scripts/sign-ins.mjs'],
  ['bench/run.mjs'],
  ['scripts/rehearse/run.mjs'],
  ['test/crash/run.mjs'],
  ['test/generator/run.ts'],
  ['test/rehearsal/run.mjs'],
  ['test/upgrade/rehearse.mjs'],
])('%s %s starts no work with --help or an unknown option', async (script, ...args) => {
  const start = async (option: string) => {
    const cwd = aFolder();
    const program = new Program(process.execPath, [join(process.cwd(), script), ...args, option], {
      cwd,
      env: nowhere,
    });
    const result = { code: await program.ended, output: program.output };
    expect(readdirSync(cwd)).toEqual([]);
    return result;
  };
  expect(await start('--help')).toMatchObject({ code: 0, output: expect.stringMatching(/^Usage: /) });
  expect(await start('--prot=1')).toMatchObject({ code: 2, output: expect.stringMatching(/^error: unknown option/) });
});

it.each([
  ['test/crash/run.mjs', '--kills', 'x'],
  ['test/crash/run.mjs', '--writes', '1.5'],
  ['test/crash/run.mjs', '--minutes', '0'],
  ['test/crash/run.mjs', '--without', 'everything'],
  ['scripts/rehearse/run.mjs', '--from', 'no-such-commit'],
  ['scripts/rehearse/run.mjs', '--orders', '10'],
  ['test/upgrade/rehearse.mjs', '--from', 'no-such-commit'],
  ['test/generator/run.ts', '--resources', 'many'],
  ['bench/run.mjs', '--routes', 'orders,nonsense'],
  ['bench/run.mjs', '--profile', 'nonsense'],
  ['bench/run.mjs', '--against', '/nowhere'],
])('%s refuses %s %s', async (script, option, value) => {
  const program = new Program(process.execPath, [script, option, value], { env: nowhere });
  expect(await program.ended).toBe(2);
  expect(program.output).toMatch(new RegExp(`^error: option '${option} .+ is invalid`));
});

it('wire refuses a folder that has no cases', async () => {
  const program = new Program(process.execPath, ['scripts/wire-check.mjs', aFolder()], { env: nowhere });
  expect(await program.ended).toBe(2);
  expect(program.output).toMatch(/^error: command-argument value '.+' is invalid .+ It has no file seed\.json\.\n/);
});

describe('on a database without the migrations', () => {
  it.each([
    ['audit verify', []],
    ['admin create', ['boss@example.com']],
    ['admin list', []],
    ['migration generate', ['anything']],
  ])('%s changes nothing and prints which command to run first', async (name, args) => {
    const { url, query } = await ownDatabase({ empty: true });
    const { code, output } = await command(name, args, { cwd: aFolder(), env: { DATABASE_URL: url } });
    expect([code, output]).toEqual([
      1,
      expect.stringMatching(
        /^The database test_\w+ has no Aerie tables: is it the right database\? "npm run migrate" creates them\n$/,
      ),
    ]);
    expect(await query(`select from pg_class where relnamespace = 'public'::regnamespace`)).toEqual([]);
  });

  it('audit verify names the pending migrations if others are applied', async () => {
    const { url, query } = await ownDatabase();
    await query('delete from migrations where id = (select max(id) from migrations)');
    const { code, output } = await command('audit verify', [], { cwd: aFolder(), env: { DATABASE_URL: url } });
    expect([code, output]).toEqual([
      1,
      expect.stringMatching(/^1 migration\(s\) of this build are not applied \(\w+\): run "npm run migrate" first\n$/),
    ]);
  });

  it('openapi writes the document without requiring or creating tables', async () => {
    const { url, query } = await ownDatabase({ empty: true });
    const folder = aFolder();
    expect(await command('openapi', [], { cwd: folder, env: { DATABASE_URL: url, DATA_DIR: folder } })).toMatchObject({
      code: 0,
    });
    expect(await query(`select from pg_class where relnamespace = 'public'::regnamespace`)).toEqual([]);
  });
});

it.each([
  ['audit verify', []],
  ['admin list', []],
  ['admin create', ['boss@example.com']],
  ['backup', ['backup.aerie']],
  ['seed', ['seed.json', '--yes']],
  ['migrate', ['--status']],
  ['migrate', ['--dry-run']],
  ['migration generate', ['anything']],
])('aerie %s %j creates no database in a wrong folder and reports that there is none', async (name, args) => {
  const DATA_DIR = join(aFolder(), 'wrong');
  const { code, output } = await command(name, args, { cwd: aFolder(), env: { DATA_DIR } });
  expect([code, output]).toEqual([
    1,
    `There is no database in ${DATA_DIR}: set DATA_DIR to the folder of Aerie's data, or DATABASE_URL\n`,
  ]);
  expect(existsSync(DATA_DIR)).toBe(false);
});
