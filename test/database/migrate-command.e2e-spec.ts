/** @jest-environment node */
import { ownDatabase } from '../support/own-database.js';
import { aFolder, command } from '../support/processes.js';

it('npm run migrate lists, plans, reverts and applies migrations', async () => {
  const database = await ownDatabase();
  const run = (...args: string[]) =>
    command('migrate', args, { cwd: aFolder(), env: { DATABASE_URL: database.url, DATA_DIR: aFolder() } });
  const count = (await database.query('select from migrations')).length;
  const tables = () => database.query<{ exists: boolean }>(`select to_regclass('caller_writes') is not null as exists`);

  expect((await run('--dry-run')).output).toBe('The database is up to date: nothing to run\n');
  expect(await run('--down', '1')).toEqual({ code: 0, output: 'Reverted CallerWrites1795919880000\n' });
  expect(await tables()).toEqual([{ exists: false }]);

  const status = await run('--status');
  expect(status.code).toBe(0);
  expect(status.output.split('\n').slice(-3)).toEqual([
    'pending  CallerWrites1795919880000',
    `1 of ${count} migration(s) pending`,
    '',
  ]);
  expect(status.output).toMatch(/^applied {2}Initial\d+\n/);

  const { output } = await run('--dry-run');
  expect(output).toMatch(/^-- CallerWrites1795919880000\ncreate unlogged table caller_writes \([^;]+\);\n$/);
  expect(await tables()).toEqual([{ exists: false }]);

  expect(await run()).toEqual({
    code: 0,
    output: `Applying 1 migration(s)…\nApplied CallerWrites1795919880000\nThe database is up to date: ${count} migration(s)\n`,
  });
  expect(await tables()).toEqual([{ exists: true }]);
});

it('npm run migrate -- --dry-run prints all statements for an empty database and leaves it empty', async () => {
  const { url, query } = await ownDatabase({ empty: true });
  const { code, output } = await command('migrate', ['--dry-run'], { cwd: aFolder(), env: { DATABASE_URL: url } });
  expect(code).toBe(0);
  expect(output).toMatch(/^-- Initial\d+\n/);
  expect(output.match(/^-- \w+\d{13}$/gm)!.length).toBeGreaterThan(20);
  expect(await query(`select from pg_class where relnamespace = 'public'::regnamespace`)).toEqual([]);
});
