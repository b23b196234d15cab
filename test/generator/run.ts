// Generates random resources into a copy of the project, adds fields to edited resources, renames and removes some
// fields, and runs the gates that every resource has to pass.
// Usage: npm run test:generator -- [--seed N] [--resources N] [--fields N] [--quick] [--keep]
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { normalize, virtualFs } from '@angular-devkit/core';
import { NodeJsSyncHost } from '@angular-devkit/core/node/index.js';
import { HostTree } from '@angular-devkit/schematics';
import { Command, InvalidArgumentError } from 'commander';
import { Sources } from '../../schematics/lib/project.ts';
import { runSchematic } from '../../schematics/lib/run-schematic.ts';
import { changesOf } from './changes.ts';
import { addedField, definitions, freeNouns } from './definitions.ts';
import { editByHand, KINDS, lostEdits, lostTokens, type Edited } from './edits.ts';

interface Asked {
  readonly seed: number;
  readonly resources: number;
  readonly fields?: number;
  readonly quick: boolean;
  readonly keep: boolean;
}

const values = new Command('npm run test:generator --')
  .description('Generate random resources in a copy of the project, and run all checks on it.')
  .option('--seed <N>', 'seed of the random resources', whole, Date.now() % 1_000_000)
  .option('--resources <N>', 'number of resources', whole, 25)
  .option(
    '--fields <N>',
    'number of fields to add (default: the number of resources, and without --quick at least 30)',
    whole,
  )
  .option('--quick', 'run only the fast checks', false)
  .option('--keep', 'do not delete the copy', false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
  .opts<Asked>();
const { seed, resources, quick } = values;
const fields = values.fields ?? (quick ? resources : Math.max(resources, 30));
const root = join(import.meta.dirname, '../..');
const copy = mkdtempSync(join(tmpdir(), 'aerie-generator-'));
const all = definitions(seed, resources, freeNouns(sourcesOf(root)));
const began = performance.now();
let failed = 0;

function sourcesOf(folder: string): Sources {
  return new Sources(new HostTree(new virtualFs.ScopedHost(new NodeJsSyncHost(), normalize(folder))));
}

function whole(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It must be a whole number of up to 6 digits.');
  return Number(text);
}

/** Tests that check every operation, table and source of the application. */
const GATES = [
  'test/access/access-matrix',
  'test/access/canary',
  'test/access/mass-assignment',
  'test/database/growth',
  'test/database/migrations',
  'test/database/schema-check',
  'test/idempotency/idempotency-operations',
  'test/lists/lists',
  'test/lists/list-totals',
  'test/openapi',
  'test/preconditions',
  'test/sources',
];
/** The fast tests of these. */
const QUICK = [
  'test/database/migrations',
  'test/openapi/openapi-lock',
  'test/openapi/openapi-lint',
  'test/sources/architecture',
  'test/sources/resources',
];

console.log(`seed ${seed}: ${resources} resources, ${fields} fields added, ${KINDS} kinds of edits, in ${copy}`);
try {
  copyProject();
  if (!values.quick) {
    step('create the database with the former build', 'npm', 'run', '--silent', 'migrate');
    step('insert its rows', 'npm', 'run', '--silent', 'seed', '--', 'test/fuzz/seed.json');
  }
  await generate();
  check();
} finally {
  if (!values.keep) rmSync(copy, { recursive: true, force: true });
}
console.log(`seed ${seed}: ${failed} steps failed, ${Math.round((performance.now() - began) / 1000)} s`);
process.exit(failed === 0 ? 0 : 1);

function copyProject(): void {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard'];
  const listed = spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout.trimEnd().split('\n');
  for (const path of listed.filter((one) => existsSync(join(root, one)))) {
    mkdirSync(join(copy, dirname(path)), { recursive: true });
    cpSync(join(root, path), join(copy, path));
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
}

async function generate(): Promise<void> {
  for (const words of all) await run('resource', words);
  for (let at = 0; at < fields; at++) {
    const words = all[at % resources]!;
    const [name] = words as [string];
    const edits = await editByHand(copy, folderOf(name), at, seed + at);
    await run('field', [name, `added_${Math.floor(at / resources)}:${addedField(seed + at)}`]);
    keep(lostTokens(copy, edits));
    if (at < resources) await change(words, at, edits);
  }
}

async function change(words: readonly string[], at: number, edits: readonly Edited[]): Promise<void> {
  for (const [schematic, ...rest] of changesOf(words, at)) await run(schematic, rest);
  keep(lostEdits(copy, edits));
}

function keep(lost: readonly string[]): void {
  if (lost.length > 0) failed++;
  for (const one of lost) console.log(`LOST  ${one}`);
}

async function run(schematic: string, words: readonly string[]): Promise<void> {
  console.log(`npm run generate -- ${schematic} ${words.map((word) => `'${word}'`).join(' ')}`);
  const { said } = await runSchematic(schematic, words, { folder: copy });
  for (const sentence of said) console.log(`  ${sentence}`);
  if (said.length > 0) failed++;
}

function folderOf(name: string): string {
  const folders = readdirSync(join(copy, 'src'));
  return folders.find((folder) => existsSync(join(copy, 'src', folder, `${name}.entity.ts`)))!;
}

function check(): void {
  const own = all.map(([name]) => `test/${folderOf(name!)}/`);
  step('build', 'npm', 'run', '--silent', 'build');
  step('openapi.json', 'npm', 'run', '--silent', 'openapi');
  step('format', 'npm', 'run', '--silent', 'format:check');
  step('lint', 'npm', 'run', '--silent', 'lint');
  step('types', 'npm', 'run', '--silent', 'typecheck');
  if (!values.quick) step('migrations on the filled database', 'npm', 'run', '--silent', 'migrate');
  step(
    'tests of the resources, and checks of the application',
    'npm',
    'run',
    '--silent',
    'jest',
    '--',
    ...own,
    ...(values.quick ? QUICK : GATES),
  );
}

function step(name: string, program: string, ...args: string[]): void {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: copy, encoding: 'utf8', maxBuffer: 1 << 28 });
  const seconds = Math.round((performance.now() - started) / 1000);
  appendFileSync(join(copy, 'generator.log'), `${stdout}\n${stderr}\n`);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'}  ${name} (${seconds} s)`);
  if (status === 0) return;
  failed++;
  console.log(`${stdout}\n${stderr}`.split('\n').slice(-5000).join('\n'));
}
