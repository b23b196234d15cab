/** @jest-environment node */
import { cpSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { eventually } from '../support/factories.js';
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
const MODULE = 'src/health/health.module.ts';
const TYPED = 'src/health/health.dto.ts';

let folder: string;
let dev: Program;
let url: string;

beforeAll(() => {
  folder = aFolder();
  for (const part of PARTS) cpSync(part, join(folder, part), { recursive: true });
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
});

const launch = (env: Record<string, string>) =>
  new Program(process.execPath, ['scripts/dev.mjs'], {
    cwd: folder,
    env: { DEMO_DATA: 'false', LOG_LEVEL: 'warn', ...env },
  });

const greeting = async () => ((await (await fetch(url)).json()) as { message: string }).message;
const read = (path: string) => readFileSync(join(folder, path), 'utf8');
const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
const servers = () => processesIn(folder).filter((pid) => readFileSync(`/proc/${pid}/cmdline`).includes('supervisor'));

it.each([
  ['SIGINT', 'before it serves', /Creating a database/],
  ['SIGTERM', 'before it serves', /Creating a database/],
  ['SIGINT', 'when it serves', /Aerie is ready/],
] as const)('%s %s ends the development server and its database, without a stack trace', async (signal, _, moment) => {
  const DATA_DIR = aFolder();
  const program = launch({ PORT: '0', DATA_DIR });
  await program.says(moment);
  program.signalGroup(signal);
  expect(await program.ended).toBe(0);
  expect(program.output).not.toMatch(/Error|^ +at /m);
  await eventually(async () => processesIn(DATA_DIR).length === 0 || undefined);
});

it("the development server ends when npm's shell is killed, which passes no signal on", async () => {
  const DATA_DIR = aFolder();
  const env = { npm_lifecycle_event: 'dev', DEMO_DATA: 'false', PORT: '0', DATA_DIR };
  const shell = new Program('sh', ['-c', `"${process.execPath}" scripts/dev.mjs; true`], { cwd: folder, env });
  await shell.says(/Aerie is ready/);
  shell.signal('SIGTERM');
  expect(await shell.ended).toBe('SIGTERM'); // the output ends, too: nothing else writes to it
  await eventually(async () => processesIn(DATA_DIR).length === 0 || undefined);
});

it('the development server prints what its first start waits for, and after a failed start what the next one prints', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  dev = launch({ PORT: String(port) });
  await dev.says(/Waiting for source changes/);
  expect(dev.output).toMatch(
    /^Creating a database in \.data…\nApplying \d+ migration\(s\)…\nPort \d+ on 127\.0\.0\.1 is taken by another program: .+\nWaiting/,
  );
  taken.close();
  write(MODULE, `${read(MODULE)}\n`);
  url = await dev.address();
  await dev.says(/^Restarted after .+: src\/health\/health\.module\.ts$/m);
});

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

it('the development server serves each change of an editor that replaces the file', async () => {
  const source = read(ROOT_CONTROLLER);
  for (const name of ['reader', 'writer', 'developer']) {
    write('src/health/root.controller.ts~', source.replace('Hello developer', `Hello ${name}`));
    renameSync(join(folder, 'src/health/root.controller.ts~'), join(folder, ROOT_CONTROLLER));
    await eventually(async () => (await greeting().catch(() => '')) === `Hello ${name}` || undefined);
  }
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

it('the development server serves changed, new and deleted assets, and ignores files of editors', async () => {
  const folderOf = 'src/docs/assets';
  write(`${folderOf}/.explorer.css.swp`, '');
  write(`${folderOf}/new.svg`, '<svg/>');
  await dev.says(/: src\/docs\/assets\/new\.svg$/m);
  write(`${folderOf}/explorer.css`, `${read(`${folderOf}/explorer.css`)}\n.added-by-a-test {}\n`);
  await dev.says(/: src\/docs\/assets\/explorer\.css$/m);
  const [, path] = /href="([^"]*explorer\.css)"/.exec(await (await fetch(`${url}/docs`)).text())!;
  expect(await (await fetch(new URL(path!, `${url}/docs`))).text()).toContain('.added-by-a-test');
  expect(read(`dist/${folderOf}/new.svg`)).toBe('<svg/>');
  rmSync(join(folder, folderOf, 'new.svg'));
  await dev.says(/explorer\.css\n[^]*: src\/docs\/assets\/new\.svg$/m);
  expect(() => read(`dist/${folderOf}/new.svg`)).toThrow('ENOENT');
  expect(dev.output).not.toContain('.swp');
});

it('the development server stops together with its database', async () => {
  dev.signal('SIGTERM');
  expect(await dev.ended).toBe(0);
  expect(processesIn(folder)).toEqual([]);
});
