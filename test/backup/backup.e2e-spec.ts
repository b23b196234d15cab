/** @jest-environment node */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { account, asked, emails, everything, post, signIn } from './contents.js';
import { beforeCallerWrites } from './older-backup.js';
import { aerie, aFolder, command, type Program } from '../support/processes.js';

const dataDir = aFolder();
const elsewhere = aFolder();
const files = aFolder();
const file = join(files, 'monday.aerie');

const run = (name: string, args: string[], DATA_DIR = dataDir, env: Record<string, string> = {}) =>
  command(name, args, { env: { DATA_DIR, ...env } });

const MOST = { DATABASE_POOL_SIZE: '2', DATABASE_POOL_OVERFLOW: '8' };
let password: string;

async function stop(program: Program): Promise<void> {
  program.signal('SIGTERM');
  expect(await program.ended).toBe(0);
}

const text = () => gunzipSync(readFileSync(file)).toString();
const flipped = () => {
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1]! ^= 1;
  return bytes;
};
/** Returns a changed backup whose hash was not updated. */
const without = (what: RegExp, by = '') => gzipSync(text().replace(what, by));
/** Writes a changed backup with a correct hash, as another release would. */
function rewritten(name: string, change: (text: string) => string): string {
  const changed = change(text().replace(/\{"sha256.*\n$/, ''));
  const sha256 = createHash('sha256').update(changed).digest('hex');
  writeFileSync(join(files, name), gzipSync(`${changed}${JSON.stringify({ sha256 })}\n`));
  return join(files, name);
}

let heads: string;

beforeAll(async () => {
  const app = aerie({ DATA_DIR: dataDir, JOBS_IN_PROCESS: 'false', ...MOST });
  const url = await app.address();
  password = await app.says(/Password +(\S+)/);
  const written: number[] = [];
  const over = new AbortController();
  const writing = (async () => {
    for (let at = 0; !over.signal.aborted; at++) written.push((await post(url, '/users', account(`ann${at}`))).status);
  })();
  const { code, output } = await run('backup', [file]);
  over.abort();
  await writing;
  expect({ code, output }).toEqual({
    code: 0,
    output: expect.stringMatching(/^Written: .+monday\.aerie, \d+ bytes; .+ [\da-f]{64}/),
  });
  heads = /ends with (\S+)/.exec(output)![1]!;
  expect(new Set(written)).toEqual(new Set([201]));
  await stop(app);
});

describe('a backup', () => {
  it('can be made while the application writes, and is a file that only its owner can read', () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(files)).toEqual(['monday.aerie']);
    expect(JSON.parse(gunzipSync(readFileSync(file)).toString().split('\n')[0]!)).toMatchObject({ aerie_backup: 1 });
  });

  it('does not overwrite an existing file, and reports a path that cannot be written', async () => {
    const before = readFileSync(file);
    expect(await run('backup', [file])).toEqual({ code: 1, output: expect.stringMatching(/already exists/) });
    expect(readFileSync(file).equals(before)).toBe(true);
    const nowhere = join(files, 'nowhere/backup');
    expect(await run('backup', [nowhere])).toEqual({
      code: 1,
      output: `${nowhere} cannot be written: no such file or directory\n`,
    });
    expect(readdirSync(files)).toEqual(['monday.aerie']);
  });
});

describe('a restore', () => {
  it('restores the data with an intact audit trail', async () => {
    const { code, output } = await run('restore', [file], elsewhere);
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringMatching(
        /^Creating a database in .*…\nRestored \d+ rows in \d+ tables, as they were at 2\S+; the audit trail is intact: \d+ event\(s\)/,
      ),
    });
    expect((await run('audit verify', ['--head', heads], elsewhere)).code).toBe(0);
    const [there, here] = [await emails(elsewhere), await emails(dataDir)];
    expect(there.length).toBeGreaterThan(1);
    expect(here).toEqual(expect.arrayContaining(there));
  });

  it('makes sign-in and new rows work again, and is refused while the application runs', async () => {
    const app = aerie({ DATA_DIR: elsewhere, ...MOST });
    const url = await app.address();
    const { status, token } = await signIn(url, password);
    expect(status).toBe(200);
    expect((await post(url, '/items', { name: 'Lamp', price_cents: 250, stock: 5 }, token)).status).toBe(201);
    expect((await post(url, '/users', account('zoe'))).status).toBe(201);
    const inUse = await run('restore', [file, '--replace'], elsewhere);
    expect(inUse).toEqual({ code: 1, output: 'The database is in use: stop Aerie and its workers first\n' });
    await stop(app);
  });

  it('replaces existing data only with --replace', async () => {
    const before = await everything(elsewhere);
    const refused = await run('restore', [file], elsewhere);
    expect(refused).toEqual({
      code: 1,
      output: expect.stringMatching(/^The database has accounts: add --replace to delete its data/),
    });
    expect(await everything(elsewhere)).toEqual(before);
    expect((await run('restore', ['--replace', file], elsewhere)).code).toBe(0);
    const after = await everything(elsewhere);
    expect(after).not.toEqual(before);
    const again = join(files, 'again.aerie');
    expect((await run('backup', [again], elsewhere)).code).toBe(0);
    expect((await run('restore', [again, '--replace'], elsewhere)).code).toBe(0);
    expect(await everything(elsewhere)).toEqual(after);
  });

  it('accepts a backup of an older release and migrates its schema', async () => {
    const older = rewritten('older', beforeCallerWrites);
    expect(gunzipSync(readFileSync(older)).toString()).not.toMatch(/caller_?writes/i);
    const folder = aFolder();
    expect(await run('restore', [older], folder)).toMatchObject({ code: 0 });
    const { code, output } = await run('migrate', [], folder);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/^The database is up to date/) });
    expect(await everything(folder)).toHaveProperty(['public.caller_writes'], []);
  });

  describe('refuses, without changing any data,', () => {
    it('a file that is damaged, truncated, changed, in another format, missing or not a backup', async () => {
      const before = await everything(elsewhere);
      const cases: readonly [name: string, bytes: Uint8Array, says: RegExp][] = [
        ['cut', readFileSync(file).subarray(0, statSync(file).size >> 1), /is damaged: /],
        ['flipped', flipped(), /is damaged: /],
        ['changed', without(/admin@aerie\.example/g, 'eve@aerie.example'), /is damaged: its checksum does not match/],
        ['without an end', without(/\{"sha256.*\n$/), /is damaged: its end is missing/],
        ['longer', gzipSync(`${text()}{}\n`), /is damaged: it has data after its end/],
        ['text', Buffer.from('hello'), /is not an Aerie backup/],
        ['gzip of text', gzipSync('hello\n'), /is not an Aerie backup/],
        ['incomplete', gzipSync('{"aerie_backup":1}\n'), /is damaged: its first line is incomplete/],
        ['empty', Buffer.alloc(0), /is damaged|is not an Aerie backup/],
        [
          'of another form',
          gzipSync('{"aerie_backup":2,"release":"9.0.0"}\n'),
          /has the backup format 2 of Aerie 9\.0\.0, which this release cannot read/,
        ],
      ];
      for (const [name, bytes, says] of cases) {
        const bad = join(files, `${name}.bad`);
        writeFileSync(bad, bytes);
        expect([name, await run('restore', [bad, '--replace'], elsewhere)]).toEqual([
          name,
          { code: 1, output: expect.stringMatching(says) },
        ]);
      }
      const missing = join(files, 'missing');
      expect(await run('restore', [missing], elsewhere)).toEqual({
        code: 1,
        output: `${missing} cannot be read: no such file or directory\n`,
      });
      expect(await everything(elsewhere)).toEqual(before);
      const unused = join(files, 'unused');
      for (const bad of ['text.bad', 'cut.bad', '.']) {
        expect(await run('restore', [join(files, bad)], unused)).toMatchObject({ code: 1 });
        expect([bad, existsSync(unused)]).toEqual([bad, false]); // no database was created for it
      }
    });

    it('a backup with unknown migrations, another queue version or another schema, and names the reason', async () => {
      const before = await everything(elsewhere);
      const newer = rewritten('newer', (given) =>
        given.replace('"migrations":[', '"migrations":["Future1999999999999",'),
      );
      const queue = rewritten('queue', (given) => given.replace(/"queue":\d+/, '"queue":1'));
      const touched = join(files, 'touched');
      const program = JSON.stringify(`public.items from program 'touch ${touched}' --`);
      const injected = rewritten('program', (given) => given.replace('"public.items"', program));
      const column = rewritten('column', (given) => given.replace(/("public\.items".*)"name"/, '$1"nom"'));
      const lacking = rewritten('lacking', (given) => given.replace(/\{"table":"public\.items"[^]*?\n\\\.\n/, ''));
      const unfit = rewritten('unfit', (given) => given.replace('"public.items"', '"public.things"'));
      for (const [bad, says] of [
        [newer, /^The backup was made by Aerie \S+, whose migration Future1999999999999 this build does not have\n$/],
        [queue, /^The backup has version 1 of the job queue, .+: restore with Aerie \S+, then upgrade\n$/],
        [unfit, /^The backup does not match the schema: it contains public\.things, which is not a table, /],
        [injected, /^The backup does not match the schema: it contains public\.items from program /],
        [column, /^The backup does not match the schema: its columns of the table public\.items differ: name, nom\n$/],
        [lacking, /^The backup does not match the schema: it does not contain the table public\.items\n$/],
      ] as const)
        expect(await run('restore', [bad, '--replace'], elsewhere)).toEqual({
          code: 1,
          output: expect.stringMatching(says),
        });
      expect(existsSync(touched)).toBe(false);
      expect(await everything(elsewhere)).toEqual(before);
    });

    it('a backup whose audit trail was tampered with', async () => {
      await asked(dataDir, (client) =>
        client.query(
          `set session_replication_role = replica; update audit_events set action = 'user.forged' where id = (select min(id) from audit_events)`,
        ),
      );
      const forged = join(files, 'forged.aerie');
      expect((await run('backup', [forged])).code).toBe(0);
      const before = await everything(elsewhere);
      expect(await run('restore', [forged, '--replace'], elsewhere)).toEqual({
        code: 1,
        output: expect.stringMatching(/^The audit trail of the backup is broken: link /),
      });
      expect(await everything(elsewhere)).toEqual(before);
      const databases = await asked(
        elsewhere,
        async (client) => (await client.query('select datname from pg_database')).rows,
      );
      expect(JSON.stringify(databases)).not.toContain('restore');
    });
  });
});

describe.each(['backup', 'restore'])('npm run %s', (name) => {
  it('works only with the embedded database', async () => {
    const untouched = aFolder();
    const file = name === 'backup' ? 'file' : 'package.json'; // a readable file
    const external = await run(name, [file], untouched, { DATABASE_URL: 'postgres://aerie@127.0.0.1:1/aerie' });
    expect(external).toEqual({
      code: 1,
      output: expect.stringMatching(/^This command needs the embedded database, but .+docs\/backups\.md/),
    });
    expect(existsSync(join(untouched, 'postgres'))).toBe(false);
  });
});
