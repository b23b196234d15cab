import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { writeBackup, type Origin, type Part } from './backup-file.js';

const folder = mkdtempSync(join(tmpdir(), 'aerie-backup-file-'));
const file = join(folder, 'monday.aerie');
const ORIGIN: Origin = { aerie_backup: 1, release: '1.0.0', taken_at: '', migrations: [], queue: 1, heads: ['a1'] };

afterAll(() => rmSync(folder, { recursive: true }));

async function* partsUntil(failure: Error): AsyncGenerator<Part> {
  yield await Promise.resolve(ORIGIN);
  throw failure;
}

async function* parts(): AsyncGenerator<Part> {
  yield await Promise.resolve(ORIGIN);
}

it.each(['ECONNRESET', 'EPIPE', 'ENOENT'])(
  'an error of the database is not reported as one of the file: %s',
  async (code) => {
    const lost = Object.assign(new Error(`read ${code}`), { code, syscall: 'read' });
    await expect(writeBackup(file, partsUntil(lost))).rejects.toBe(lost);
    expect(readdirSync(folder)).toEqual([]);
  },
);

it('a folder that does not exist is reported with the name of the file', async () => {
  const nowhere = join(folder, 'nowhere/backup');
  await expect(writeBackup(nowhere, parts())).rejects.toThrow(
    `${nowhere} cannot be written: no such file or directory`,
  );
});

it('a file that exists is reported before the database is read', async () => {
  writeFileSync(file, 'here');
  const read = partsUntil(new Error('read'));
  await expect(writeBackup(file, read)).rejects.toThrow(`${file} already exists: choose another file`);
  expect(readdirSync(folder)).toEqual(['monday.aerie']);
  rmSync(file);
});

it('a file that was created in the meantime is kept', async () => {
  async function* slowParts(): AsyncGenerator<Part> {
    yield* parts();
    writeFileSync(file, 'here');
  }
  await expect(writeBackup(file, slowParts())).rejects.toThrow(`${file} already exists: choose another file`);
  expect(readFileSync(file, 'utf8')).toBe('here');
  expect(readdirSync(folder)).toEqual(['monday.aerie']);
  rmSync(file);
});

it('a backup is readable by its owner only, and contains its hash', async () => {
  expect(await writeBackup(file, parts())).toEqual(['a1']);
  expect(readdirSync(folder)).toEqual(['monday.aerie']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(gunzipSync(readFileSync(file)).toString()).toMatch(/^\{"aerie_backup":1.+\n\{"sha256":"[\da-f]{64}"\}\n$/);
});
