/** @jest-environment node */
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../support/free-port.js';
import { aFolder, processesIn, Program } from '../support/processes.js';

const PARTS = [
  'src',
  'migrations',
  'scripts',
  'dist',
  'package.json',
  'package-lock.json',
  'nest-cli.json',
  'ormconfig.ts',
  'tsconfig.json',
  'tsconfig.build.json',
];
const ROOT_CONTROLLER = 'src/health/root.controller.ts';
const TYPED = 'src/health/health.dto.ts';

let folder: string;
let dev: Program;
let url: string;

beforeAll(async () => {
  folder = aFolder();
  for (const part of PARTS) cpSync(part, join(folder, part), { recursive: true });
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  const env = { PORT: String(await freePort()), DEMO_DATA: 'false', LOG_LEVEL: 'warn' };
  dev = new Program(process.execPath, ['scripts/dev.mjs'], { cwd: folder, env });
  url = await dev.address();
});

const greeting = async () => ((await (await fetch(url)).json()) as { message: string }).message;
const read = (path: string) => readFileSync(join(folder, path), 'utf8');
const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
const servers = () => processesIn(folder).filter((pid) => readFileSync(`/proc/${pid}/cmdline`).includes('supervisor'));

it('the development server serves each change, prints one line per restart, and keeps its database running', async () => {
  const [source, supervisors] = [read(ROOT_CONTROLLER), servers()];
  expect(await greeting()).toBe('Hello World');
  const before = dev.output.length;
  write(ROOT_CONTROLLER, source.replaceAll('Hello World', 'Hello developer'));
  await dev.says(/^Restarted after .+: src\/health\/root\.controller\.ts$/m);
  expect(await greeting()).toBe('Hello developer');
  expect(dev.output.slice(before)).toMatch(/^Restarted after [\d.]+ s: src\/health\/root\.controller\.ts\n$/);
  expect(servers()).toEqual(supervisors);
});

it('the development server keeps serving the last working build if a source is broken, and restarts after the fix', async () => {
  const source = read(TYPED);
  write(TYPED, `${source}\nexport const = 1;\n`);
  await dev.says(/Not restarted\./);
  expect(await greeting()).toBe('Hello developer');
  write(TYPED, `${source}\nexport const added = 1;\n`);
  await dev.says(/^Restarted after .+: src\/health\/health\.dto\.ts$/m);
  expect(await greeting()).toBe('Hello developer');
  expect(dev.output).not.toMatch(/^ +at /m);
});

it('the development server compiles new sources, removes the output of deleted ones, and ignores tests', async () => {
  write('src/health/new.spec.ts', 'export const one = 1;\n');
  write('src/health/new.ts', 'export const one = 1;\n');
  await dev.says(/: src\/health\/new\.ts$/m);
  expect(read('dist/src/health/new.js')).toContain('one = 1');
  rmSync(join(folder, 'src/health/new.ts'));
  await dev.says(/: src\/health\/new\.ts\n[^]*: src\/health\/new\.ts$/m);
  expect(() => read('dist/src/health/new.js')).toThrow('ENOENT');
});

it('the development server stops together with its database', async () => {
  dev.signal('SIGTERM');
  expect(await dev.ended).toBe(0);
  expect(processesIn(folder)).toEqual([]);
});
