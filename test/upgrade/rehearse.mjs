// Rehearses an upgrade. A clone of an older commit gets two resources and other changes. The newer commit, with one
// more resource, is merged into it. The upgrade works if git finds no conflict, and checks and tests pass.
// Usage: npm run test:upgrade -- [--from COMMIT] [--to COMMIT] [--keep]
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, commit as commitName } from '../../scripts/command.mjs';
import { addResource, tutorialFiles } from './own-resource.mjs';

const REDOC = 'src/docs/assets/redoc.standalone.js';
const ROOT = join(import.meta.dirname, '../..');
const values = command(
  'npm run test:upgrade --',
  'Merge a commit into an older one that has resources of its own, and test that.',
)
  .option('--from <COMMIT>', 'the older one', commitName, 'HEAD~1')
  .option('--to <COMMIT>', 'the newer one', commitName, 'HEAD')
  .option('--keep', 'keep the folder', false)
  .parse()
  .opts();
/** The user's resources: one as in the tutorial, and one from the generator if the older commit has it. */
const OWN = ['note', 'notes'];
const GENERATED = ['reminder', 'reminders'];
/**
 * The resource of the newer commit. In every list it stands between and next to the user's ones, where conflicts are
 * most likely.
 */
const THEIRS = ['nudge', 'nudges'];
const GATES = ['test/sources', 'test/openapi/openapi-lock', 'test/access/access-matrix'];
const TESTS = [...GATES, 'test/notes/', 'test/reminders/', 'test/nudges/'];

const folder = mkdtempSync(join(tmpdir(), 'aerie-upgrade-'));
try {
  clone();
  release();
  build();
  merge();
  check();
  console.log(`The upgrade from ${values.from} to ${values.to} works.`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  if (values.keep) console.log(`Kept: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}

function clone() {
  say('a clone of the older commit');
  const [from, to] = [values.from, values.to].map((name) => git(['rev-parse', `${name}^{commit}`], ROOT).trim());
  git(['clone', '--quiet', '--shared', '--no-checkout', ROOT, '.']);
  git(['switch', '--quiet', '--create', 'theirs', to]);
  const attributes = readFileSync(join(folder, '.gitattributes'), 'utf8');
  git(['switch', '--quiet', '--create', 'own', from]);
  git(['config', 'user.name', 'A user']);
  git(['config', 'user.email', 'user@example.com']);
  // Older commits do not have this file and get its rules from here.
  if (!existsSync(join(folder, '.gitattributes'))) writeFileSync(join(folder, '.git/info/attributes'), attributes);
  install();
}

/**
 * Makes the next release of Aerie. Its migration is older than the user's one, which has already run at the time of the
 * merge.
 */
function release() {
  say('the newer commit, with one more resource');
  git(['switch', '--quiet', 'theirs']);
  install();
  addTo('CHANGELOG.md', '\n## Theirs\n\n- `GET /nudges`.\n');
  grow(THEIRS, { DATA_DIR: '.data/theirs' });
  git(['switch', '--quiet', 'own']);
  install();
}

/** Makes the user's changes: two resources with a migration, and changes in their own folders. */
function build() {
  say('two resources of our own');
  addTo('docs/our-team.md', '# Our team\n\nNotes and reminders are ours.\n');
  addTo('CHANGELOG.md', '\n## Ours\n\n- `GET /notes` and `GET /reminders`.\n');
  grow(OWN);
  if (existsSync(join(folder, 'schematics'))) generate(GENERATED);
  else grow(GENERATED);
}

/** Adds a resource as in the tutorial, and commits it. */
function grow(names, env = {}) {
  npm(['migrate'], env);
  addResource(folder, tutorialFiles(folder), names);
  npm(['migration:generate', '--', names[1]], env);
  npm(['openapi'], env);
  commit(`Add ${names[1]}`);
}

/** Adds a resource with the generator, which also writes its migration, and commits it. */
function generate([one, many]) {
  npm(['generate', '--', 'resource', one, 'text:text(1..2000)', '--owner']);
  npm(['migrate']);
  commit(`Add ${many}`);
}

function merge() {
  say('git merge');
  git(['merge', '--no-edit', 'theirs']); // throws if there is a conflict
  install();
  npm(['openapi']);
  commit('Write openapi.json anew');
  npm(['migrate']); // the database of the clone, which has rows
}

function check() {
  say('checks and tests');
  npm(['typecheck']);
  npm(['lint']);
  npm(['jest', '--', ...TESTS]);
}

/**
 * Installs the packages, or links those of this checkout if they are the same. Copies its ReDoc, so that the test needs
 * no network.
 */
function install() {
  rmSync(join(folder, 'node_modules'), { recursive: true, force: true });
  if (lock(folder) === lock(ROOT)) symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  else run('npm', ['ci', '--no-fund', '--no-audit']);
  const from = join(ROOT, REDOC);
  rmSync(join(folder, REDOC), { force: true });
  if (existsSync(from) && readFileSync(join(folder, '.gitignore'), 'utf8').includes(REDOC))
    cpSync(from, join(folder, REDOC));
}

function lock(where) {
  return readFileSync(join(where, 'package-lock.json'), 'utf8');
}

function addTo(path, text) {
  appendFileSync(join(folder, path), text);
}

function commit(message) {
  git(['add', '--all']);
  git(['commit', '--quiet', '--message', message]);
}

function git(args, cwd = folder) {
  return run('git', args, { cwd });
}

function npm([script, ...args], env = {}) {
  return run('npm', ['run', '--silent', script, ...args], { env: { ...process.env, ...env } });
}

/** Runs a program and returns its output. Throws an Error with all output if it fails. */
function run(program, args, options = {}) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8', ...options });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed in ${folder}:\n${stdout}\n${stderr}`);
  return stdout;
}

function say(step) {
  console.log(`${new Date().toISOString().slice(11, 19)} ${step}`);
}
