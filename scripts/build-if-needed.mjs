// Builds unless dist/ was made of exactly these sources, so that a warm start does not wait for the compiler. The stamp
// is inside of dist/ and written last: a build that failed or was interrupted has none, and is repeated.
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

const LONGEST_BUILD_MS = 300_000;
const O_EXLOCK = 0x20; // macOS and the BSDs: open and lock in one step

const root = join(import.meta.dirname, '..');
const stamp = join(root, 'dist/.built');
const configuration = ['ormconfig.ts', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', 'package-lock.json'];

const compiler = findCompiler();
if (compiler === undefined && !existsSync(join(root, 'dist/src/main.js'))) {
  fail('There is no build in dist/, and no compiler to make one: run "npm ci" with the development dependencies');
}
// without the compiler the build came from elsewhere, as in a container
if (compiler !== undefined && !isBuilt()) {
  const unlock = await lock();
  if (!isBuilt()) await build(); // another start may have done it meanwhile
  unlock();
}

function findCompiler() {
  try {
    return createRequire(join(root, 'package.json')).resolve('@nestjs/cli/bin/nest.js');
  } catch {
    return undefined;
  }
}

function isBuilt() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint();
}

async function build() {
  console.log('Building…');
  const before = fingerprint(); // what changes during the build makes the next one
  const child = spawn(process.execPath, [compiler, 'build'], { cwd: root, stdio: 'inherit' });
  const stop = () => child.kill();
  process.once('exit', stop);
  const [code] = await once(child, 'close');
  process.off('exit', stop);
  if (code !== 0) fail('The build failed');
  writeFileSync(stamp, before);
}

/** Tells sources apart by what is in them: times of files change without reason, or stay when they should not. */
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

/** The files of a folder that go into a build, or the file itself. */
function filesOf(name) {
  const entry = statSync(join(root, name), { throwIfNoEntry: false });
  if (entry?.isDirectory()) return readdirSync(join(root, name)).flatMap((inner) => filesOf(`${name}/${inner}`));
  return entry === undefined || name.endsWith('.spec.ts') ? [] : [name];
}

/** Waits until no other process builds here. The lock belongs to the kernel: it ends with its process, however that ends. */
async function lock() {
  const { dev, ino } = statSync(root);
  const name = `aerie-build-${createHash('sha256').update(`${dev}:${ino}:${root}`).digest('hex').slice(0, 32)}`;
  const deadline = Date.now() + LONGEST_BUILD_MS;
  while (Date.now() < deadline) {
    const unlock = process.platform === 'darwin' ? lockFile(join(tmpdir(), name)) : await bindName(name);
    if (unlock) return unlock;
    await sleep(100);
  }
  return fail('Another build does not end');
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
