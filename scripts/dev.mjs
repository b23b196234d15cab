// Serves, and compiles and restarts after each change of a source. The embedded database keeps running meanwhile.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { command } from './command.mjs';

const SETTLE_MS = 30; // an editor writes one file in several steps, and a checkout writes many files
const WATCHED = ['src', 'migrations'];
const root = join(import.meta.dirname, '..');

command('npm run dev', 'Serve, and restart after each change of a source.').parse();
await import('./build-if-needed.mjs');
const { CompileError, Compiler } = await import('./compiler.mjs');

const compiler = new Compiler(root);
const changed = new Set();
let app;
let isEnding = false;
let turn = Promise.resolve();

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => end(signal));
for (const folder of WATCHED)
  watch(join(root, folder), { recursive: true }, (_, name) => take(join(root, folder, name)));
const database = await holdDatabase();
app = start([]);
app.once('message', () => compiler.prepare());

function take(file) {
  if (!/(?<!\.spec|\.d)\.ts$/.test(file)) return;
  changed.add(file);
  turn = turn.then(() => sleep(SETTLE_MS)).then(reload);
}

async function reload() {
  if (changed.size === 0 || isEnding) return;
  const began = performance.now();
  const files = [...changed];
  changed.clear();
  try {
    await compile(files);
  } catch (error) {
    files.forEach((file) => changed.add(file)); // compiled again with the next change
    console.error(error instanceof CompileError ? error.message : error);
    console.error('Not restarted.');
    return;
  }
  await stop('SIGTERM');
  if (isEnding) return;
  app = start(['--quiet']);
  app.once('message', () => {
    const names = files.map((file) => file.slice(root.length + 1)).join(', ');
    console.log(`Restarted after ${((performance.now() - began) / 1000).toFixed(2)} s: ${names}`);
  });
}

async function compile(files) {
  rmSync(join(root, 'dist/.built'), { force: true });
  compiler.readProject();
  for (const file of files.filter((name) => !existsSync(name))) {
    rmSync(compiler.outputOf(file).replace(/\.ts$/, '.js'), { force: true });
  }
  await compiler.compile(files.filter((name) => existsSync(name)));
}

function start(options) {
  const args = ['--enable-source-maps', join(root, 'dist/src/main.js'), 'serve', ...options];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  child.once('exit', (code) => {
    if (app === child) app = undefined;
    if (code !== 0 && !isEnding) console.error('Waiting for source changes.');
  });
  return child;
}

async function stop(signal) {
  app?.kill(signal);
  await gone();
}

async function gone() {
  if (app !== undefined) await once(app, 'exit');
}

async function end(signal) {
  if (isEnding) return;
  isEnding = true;
  // a terminal sends SIGINT to the application, too
  await (signal === 'SIGINT' && process.stdin.isTTY ? gone() : stop(signal));
  await database?.release();
  process.exit(0);
}

/** Holds a lease of the embedded database if it is used. The database stops when its last lease ends. */
async function holdDatabase() {
  try {
    const { loadConfig } = await import('../dist/src/config/config.js');
    const { DATABASE_URL, DATA_DIR } = loadConfig().values;
    if (DATABASE_URL !== undefined) return undefined;
    const { leaseEmbeddedPostgres } = await import('../dist/src/embedded-postgres/lease.js');
    return await leaseEmbeddedPostgres(DATA_DIR);
  } catch {
    return undefined; // the application reports what is wrong
  }
}
