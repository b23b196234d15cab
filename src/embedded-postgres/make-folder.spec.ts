import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from './make-folder.js';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'aerie-folder-'));
});
afterEach(() => rmSync(root, { recursive: true }));

it('creates missing folders and keeps existing files', () => {
  const folder = join(root, 'a/b/c');
  makeFolder(folder, 0o700);
  writeFileSync(join(folder, 'kept'), '');
  makeFolder(folder);
  makeFolder(`${folder}/`);
  expect(existsSync(join(folder, 'kept'))).toBe(true);
  expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o700);
});

it('throws if part of the path is a file', () => {
  writeFileSync(join(root, 'file'), '');
  expect(() => makeFolder(join(root, 'file'))).toThrow('EEXIST');
  expect(() => makeFolder(join(root, 'file/a/b'))).toThrow('ENOTDIR');
});

it('throws below a broken symbolic link', () => {
  symlinkSync(join(root, 'nothing'), join(root, 'link'));
  expect(() => makeFolder(join(root, 'link/a'))).toThrow('EEXIST');
});

(existsSync('/proc/self') ? it : it.skip)('throws below /proc, where no folder can be created', () => {
  expect(() => makeFolder('/proc/aerie/a/b')).toThrow('ENOENT');
});
