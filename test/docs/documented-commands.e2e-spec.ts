/** @jest-environment node */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { blocksOf, documents, type Block, type Document } from './documents.js';

const README = 'README.md';
const TUTORIAL = 'docs/tutorial.md';
const ORIGIN = 'http://localhost:5173';
const all = documents();
const documentOf = (path: string) => all.find((document) => document.path === path)!;
const tutorial = blocksOf(documentOf(TUTORIAL));
const firstCommand = tutorial.findIndex(isExecuted); // generates the migration, before the first start
/** Whether this project has the resources of the tutorial: its user has followed it. */
const isFollowed = ['src/notes', 'src/reminders'].some((path) => existsSync(path));
const itUnlessFollowed = isFollowed ? it.skip : it;
const GENERATE = /^npm run --silent generate -- .*--dry-run/;

/** What is copied from the project, so that the tutorial can be tested without changing the project. */
const FOLDERS = ['src', 'migrations', 'scripts', 'client', 'test', 'docs', 'schematics'];
const CONFIGURATION = [
  'package-lock.json',
  'nest-cli.json',
  'ormconfig.ts',
  'tsconfig.json',
  'tsconfig.build.json',
  'jest.config.mjs',
  '.oxfmtrc.json',
  '.gitignore',
];
const PARTS = [...FOLDERS, ...CONFIGURATION, 'package.json', 'openapi.json'];

let folder: string;
let app: ChildProcess;
let address: string;
let password: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'aerie-documents-'));
  for (const part of PARTS) cpSync(part, join(folder, part), { recursive: true });
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  if (!isFollowed) {
    for (const block of tutorial.slice(0, firstCommand)) writeShown(block);
    addNotesModule();
  }
  output(process.execPath, ['scripts/build-if-needed.mjs']); // its output must not be part of the answers
  output(process.execPath, ['scripts/aerie.mjs', 'migrate']); // as the reader's first start does
  if (!isFollowed) expectShown(tutorial[firstCommand]!, shell(tutorial[firstCommand]!.text));
  password = /Password +(\S+)/.exec(await start(/shown only this once/))![1]!;
});

afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

it('the commands in the README print the documented output', () => {
  expectAnswers(documentOf(README), blocksOf(documentOf(README)).filter(isExecuted));
});

itUnlessFollowed('the steps of the tutorial, one after another, print the documented output', async () => {
  let variables = ''; // each block runs in a shell of its own, since files are written in between
  for (const block of tutorial.slice(firstCommand + 1)) {
    const { introduction, language, text } = block;
    if (introduction.startsWith('Restart Aerie')) {
      await stop();
      await start(/API +http\S+\n/);
    }
    if (language === 'ts') writeShown(block);
    else if (language === 'js') expectShown(block, browser(text));
    else expectShown(block, shell(text.includes('"$AERIE') ? variables + text : text));
    if (language === 'sh') variables += (text.match(/^[A-Z]+=.*\n/gm) ?? []).join('');
  }
});

itUnlessFollowed('the code in the tutorial compiles, and its tests pass', () => {
  const include = ['src/notes', 'test/notes', 'src/**/*.d.ts', 'test/support/globals.d.ts'];
  writeFileSync(join(folder, 'tsconfig.notes.json'), JSON.stringify({ extends: './tsconfig.json', include }));
  output(process.execPath, ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.notes.json']);
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const jest = ['node_modules/jest/bin/jest.js', 'test/notes', '--json', '--silent'];
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, ...jest], options());
  expect({ stderr, result: JSON.parse(stdout) as object }).toMatchObject({
    result: { success: true, numTotalTests: 3 },
  });
});

it.each(all.map(({ path }) => path).filter((path) => ![README, TUTORIAL].includes(path)))(
  'the commands in %s print the documented output',
  (path) => expectAnswers(documentOf(path), blocksOf(documentOf(path)).filter(isExecuted)),
);

it('CORS allows the origin of the page in the README, and no other origin', async () => {
  expect(await allowedFor(ORIGIN)).toBe(ORIGIN);
  expect(await allowedFor('http://localhost:1')).toBeNull();
  expect(documentOf(README).text).toContain(`CORS_ORIGINS=${ORIGIN} npm start`);
});

// The last test: the command builds again while the application runs.
itUnlessFollowed('the generator of the tutorial writes the files that it has listed, if the work is committed', () => {
  output('git', ['init', '--quiet']);
  output('git', ['add', '--all']);
  const author = ['-c', 'user.name=Ann', '-c', 'user.email=ann@aerie.example', '-c', 'commit.gpgSign=false'];
  output('git', [...author, 'commit', '--quiet', '--message', 'Notes']);
  const { text, answer } = tutorial.find((block) => GENERATE.test(block.text))!;
  const printed = shell(GENERATE.exec(text)![0].replace(' --dry-run', '')).split('\n');
  const listed = answer!.trimEnd().split('\n');
  const written = printed.filter((line) => /^(?:Created|Changed) /.test(line));
  expect(written.map((line) => line.replace(/^\w+/, '---'))).toEqual(listed.map(asShown));
  expect(printed).toContain('Written: openapi.json');
});

/** Starts Aerie, and waits until it has printed this. Returns all its output so far. */
async function start(until: RegExp): Promise<string> {
  app = spawn(process.execPath, ['scripts/aerie.mjs', 'serve'], {
    cwd: folder,
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const printed = await says(app, until);
  address = /API +(http\S+)/.exec(printed)![1]!;
  return printed;
}

async function stop(): Promise<void> {
  if (app?.exitCode !== null) return; // never started, or ended
  const gone = once(app, 'exit');
  app.kill('SIGTERM');
  await gone;
}

async function allowedFor(origin: string): Promise<string | null> {
  const { headers } = await fetch(`${address}/items`, { headers: { Origin: origin } });
  return headers.get('access-control-allow-origin');
}

function isExecuted({ answer }: Block): boolean {
  return answer !== undefined;
}

/** Runs all commands of a document in one shell, as if a reader pasted them, so that variables persist. */
function expectAnswers({ path }: Document, blocks: readonly Block[]): void {
  const inShell = blocks.filter(({ language }) => language === 'sh');
  const script = inShell.map(({ text }) => `${text}printf -- '--end--\\n'\n`).join('');
  const shown = shell(script).split('--end--\n');
  inShell.forEach((block, i) => expectShown(block, shown[i]!));
  for (const block of blocks.filter(({ language }) => language === 'js')) expectShown(block, browser(block.text));
  expect([path, blocks.filter(({ language }) => !['sh', 'js'].includes(language))]).toEqual([path, []]);
}

/**
 * Expects the shown answer. Each answer ends with a line break, so that the terminal's prompt is on a line of its own.
 */
function expectShown({ answer }: Block, shown: string): void {
  expect(shown.split('\n')).toEqual(answer!.split('\n').map(asShown));
}

/** Runs commands in the copied project, with the URL and the password that a reader would have. */
function shell(script: string): string {
  const own = script.replaceAll('http://127.0.0.1:8000', address).replaceAll(/(?<=PASSWORD=')[^']+/g, password);
  return output('bash', ['-c', own]);
}

function browser(script: string): string {
  return output(process.execPath, ['--input-type=module', '-e', script.replaceAll('http://127.0.0.1:8000', address)]);
}

function output(program: string, args: string[]): string {
  const { stdout, stderr, status } = spawnSync(program, args, options());
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout.replaceAll('\r\n', '\n'); // header fields end in \r\n
}

function options() {
  return { cwd: folder, encoding: 'utf8', env: environment(), maxBuffer: 2 ** 26 } as const;
}

function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, PORT: '0', LOG_LEVEL: 'warn', CORS_ORIGINS: ORIGIN };
}

/** Writes the file that a block of the tutorial shows. */
function writeShown({ introduction, text }: Block): void {
  const path = /^`((?:src|test)\/notes\/[\w.-]+)`/.exec(introduction)![1]!;
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Adds the line to src/app.module.ts that the tutorial asks for. */
function addNotesModule(): void {
  const modules = join(folder, 'src/app.module.ts');
  const given = readFileSync(modules, 'utf8');
  const imported = `import { NotesModule } from './notes/notes.module.js';\n${given}`;
  writeFileSync(modules, imported.replace('imports: [', 'imports: [NotesModule, '));
}

/** Returns a matcher for a line: `…` stands for a part that varies. */
function asShown(line: string): unknown {
  if (!line.includes('…')) return line;
  const parts = line.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return expect.stringMatching(new RegExp(`^${parts.join('.+')}$`));
}

/** Waits until the program has printed this. Returns all its output so far. */
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
