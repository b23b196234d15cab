// Builds unless dist/ was built from exactly these sources, so that a warm start does not wait for the compiler. The
// stamp is inside dist/ and is written last. A failed or interrupted build has no stamp and is therefore repeated.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { getRedoc, REDOC_REMEDY } from './redoc.mjs';

const LONGEST_BUILD_MS = 300_000;
const O_EXLOCK = 0x20; // macOS and the BSDs: opens and locks in one step

const root = join(import.meta.dirname, '..');
const stamp = join(root, 'dist/.built');
const configuration = [
  'ormconfig.ts',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'package-lock.json',
  'scripts/compiler.mjs',
  'scripts/swc-options.mjs',
];

const hasCompiler = canCompile();
if (!hasCompiler && !existsSync(join(root, 'dist/src/main.js'))) {
  fail('There is no build in dist/ and no compiler: run "npm ci" with the development dependencies');
}
// Without the compiler, as in a container, the build came from elsewhere.
if (hasCompiler && !isBuilt()) {
  const unlock = await lock();
  if (!isBuilt()) await build(); // another start may have built meanwhile
  unlock();
}

function canCompile() {
  try {
    createRequire(join(root, 'package.json')).resolve('@swc/core');
    return true;
  } catch {
    return false;
  }
}

function isBuilt() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint();
}

async function build() {
  console.log('Building…');
  try {
    getRedoc();
  } catch (error) {
    fail(`${error.message}\n${REDOC_REMEDY}`);
  }
  // taken before the build, so that a source that changes during the build causes another one
  const before = fingerprint();
  const child = spawn(process.execPath, [join(root, 'scripts/compile.mjs')], { cwd: root, stdio: 'inherit' });
  const stop = () => child.kill();
  process.once('exit', stop);
  const [code] = await once(child, 'close');
  process.off('exit', stop);
  if (code !== 0) fail('The build failed');
  writeFileSync(stamp, before);
}

/**
 * Returns a hash of the contents of the sources. File times are not reliable: they can change without a new content, or
 * stay the same although the content changed.
 */
function fingerprint() {
  const hash = createHash('sha256');
  for (const file of ['src', 'migrations', ...configuration].flatMap(filesOf).toSorted()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Returns the files of a folder that go into a build, or the file itself. */
function filesOf(name) {
  const entry = statSync(join(root, name), { throwIfNoEntry: false });
  if (entry?.isDirectory()) return readdirSync(join(root, name)).flatMap((inner) => filesOf(`${name}/${inner}`));
  return entry === undefined || name.endsWith('.spec.ts') ? [] : [name];
}

/**
 * Waits until no other process builds here. Returns a function that unlocks. The kernel holds the lock, so it ends with
 * its process, even after a crash. Exits with an error after LONGEST_BUILD_MS.
 */
async function lock() {
  const { dev, ino } = statSync(root);
  const name = `aerie-build-${createHash('sha256').update(`${dev}:${ino}:${root}`).digest('hex').slice(0, 32)}`;
  const deadline = Date.now() + LONGEST_BUILD_MS;
  while (Date.now() < deadline) {
    const unlock = process.platform === 'darwin' ? lockFile(join(tmpdir(), name)) : await bindName(name);
    if (unlock) return unlock;
    await sleep(100);
  }
  return fail(`Another build is still running after ${LONGEST_BUILD_MS / 60_000} minutes`);
}

function bindName(name) {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : `\0${name}`, () =>
      resolve(() => server.close()),
    );
  });
}

function lockFile(path) {
  try {
    const file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | O_EXLOCK, 0o600);
    return () => closeSync(file);
  } catch {
    return undefined;
  }
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
