/** @jest-environment node */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { blocksOf, documents, type Block, type Document } from './documents.js';

const { jest } = import.meta;
jest.setTimeout(600_000); // a build, a database and a start, on a busy machine

const README = 'README.md';
const TUTORIAL = 'docs/developers.md';
const ORIGIN = 'http://localhost:5173';
const all = documents();
const documentOf = (path: string) => all.find((document) => document.path === path)!;
const [generate, ...tried] = blocksOf(documentOf(TUTORIAL)).filter(isExecuted);

/** What is copied of the project, so that the tutorial can be followed without changing it. */
const PARTS = ['src', 'migrations', 'scripts', 'package.json', 'package-lock.json', 'nest-cli.json', 'ormconfig.ts'];

let folder: string;
let app: ChildProcess;
let address: string;
let password: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'aerie-documents-'));
  for (const part of [...PARTS, 'tsconfig.json', 'tsconfig.build.json']) {
    cpSync(part, join(folder, part), { recursive: true });
  }
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  writeTutorial();
  output(process.execPath, ['scripts/build-if-needed.mjs']); // what a build says is no part of the answers
  output(process.execPath, ['dist/src/commands/migrate.js']); // as the reader's first start has done
  expectShown(generate!, shell(generate!.text));
  app = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: folder,
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const printed = await says(app, /shown only this once/);
  address = /API +(http\S+)/.exec(printed)![1]!;
  password = /Password +(\S+)/.exec(printed)![1]!;
});

afterAll(async () => {
  if (app?.exitCode === null) {
    const gone = once(app, 'exit');
    app.kill('SIGTERM');
    await gone;
  }
  rmSync(folder, { recursive: true, force: true });
});

it('the tour of the README answers as it is written', () => {
  expectAnswers(documentOf(README), blocksOf(documentOf(README)).filter(isExecuted));
});

it('the resource of the tutorial works as it is written', () => {
  expectAnswers(documentOf(TUTORIAL), tried);
});

it.each(all.map(({ path }) => path).filter((path) => ![README, TUTORIAL].includes(path)))(
  'the commands in %s answer as it is written',
  (path) => expectAnswers(documentOf(path), blocksOf(documentOf(path)).filter(isExecuted)),
);

it('the page of the README may call it, and pages from elsewhere may not', async () => {
  expect(await allowedFor(ORIGIN)).toBe(ORIGIN);
  expect(await allowedFor('http://localhost:1')).toBeNull();
  expect(documentOf(README).text).toContain(`CORS_ORIGINS=${ORIGIN} npm start`);
});

async function allowedFor(origin: string): Promise<string | null> {
  const { headers } = await fetch(`${address}/items`, { headers: { Origin: origin } });
  return headers.get('access-control-allow-origin');
}

function isExecuted({ answer }: Block): boolean {
  return answer !== undefined;
}

/** One shell for all commands of a document, as a reader would paste them: variables live on. */
function expectAnswers({ path }: Document, blocks: readonly Block[]): void {
  const inShell = blocks.filter(({ language }) => language === 'sh');
  const script = inShell.map(({ text }) => `${text}printf -- '--end--\\n'\n`).join('');
  const shown = shell(script).split('--end--\n');
  inShell.forEach((block, i) => expectShown(block, shown[i]!));
  for (const block of blocks.filter(({ language }) => language === 'js')) expectShown(block, browser(block.text));
  expect([path, blocks.filter(({ language }) => !['sh', 'js'].includes(language))]).toEqual([path, []]);
}

/** Every answer is on lines of its own, the last one, too: the terminal's prompt comes below it. */
function expectShown({ answer }: Block, shown: string): void {
  expect(shown.split('\n')).toEqual(answer!.split('\n').map(asShown));
}

/** Runs commands in the folder of the project, with the address and the password that the reader has. */
function shell(script: string): string {
  const own = script.replaceAll('http://127.0.0.1:8000', address).replaceAll(/(?<=PASSWORD=')[^']+/g, password);
  return output('bash', ['-c', own]);
}

function browser(script: string): string {
  return output(process.execPath, ['--input-type=module', '-e', script.replaceAll('http://127.0.0.1:8000', address)]);
}

function output(program: string, args: string[]): string {
  const { stdout, stderr, status } = spawnSync(program, args, { cwd: folder, encoding: 'utf8', env: environment() });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout.replaceAll('\r\n', '\n'); // as grep shows header fields
}

function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, PORT: '0', LOG_LEVEL: 'warn', CORS_ORIGINS: ORIGIN };
}

/** Writes the files that the tutorial shows, and the line that it asks for. Its tests are not run here. */
function writeTutorial(): void {
  for (const { introduction, language, text } of blocksOf(documentOf(TUTORIAL))) {
    const path = /^`(src\/[\w./-]+)`/.exec(introduction)?.[1];
    if (language !== 'ts' || path === undefined) continue;
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const modules = join(folder, 'src/app.module.ts');
  const given = readFileSync(modules, 'utf8');
  const imported = `import { NotesModule } from './notes/notes.module.js';\n${given}`;
  writeFileSync(modules, imported.replace('imports: [', 'imports: [NotesModule, '));
}

/** `…` stands for what differs from time to time. */
function asShown(line: string): unknown {
  if (!line.includes('…')) return line;
  const parts = line.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return expect.stringMatching(new RegExp(`^${parts.join('.+')}$`));
}

/** What the program has printed once it has said this. */
function says(child: ChildProcess, what: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (what.test(printed)) resolve(printed);
    });
    child.once('exit', (code) => reject(new Error(`It ended with ${code}:\n${printed}`)));
  });
}
