// Serves, and compiles and restarts after each change of a source. The embedded database keeps running meanwhile.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { command } from './command.mjs';
import { watchFiles } from './watch-files.mjs';

const SETTLE_MS = 30; // an editor writes one file in several steps, and a checkout writes many files
const WATCHED = ['src', 'migrations'];
const SOURCE = /(?<!\.spec|\.d)\.ts$/;
const root = join(import.meta.dirname, '..');

command('npm run dev', 'Serve, and restart after each change of a source.').parse();

let app;
let hasServed = false;
let isEnding = false;
let database; // a promise of the lease
let turn = Promise.resolve();
const changed = new Set();

// before everything that takes a while: Ctrl-C may come at any time
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => end(signal));

await import('./end-with-parent.mjs');
await import('./build-if-needed.mjs');
const { CompileError, Compiler } = await import('./compiler.mjs');
const compiler = new Compiler(root);
for (const folder of WATCHED) watchFiles(join(root, folder), take);
start([]);

function take(file) {
  if (!SOURCE.test(file) && !compiler.isAsset(file)) return;
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
  await database; // otherwise it would stop with the application
  await stop('SIGTERM');
  if (isEnding) return;
  start(hasServed ? ['--quiet'] : []).once('message', () => {
    const names = files.map((file) => file.slice(root.length + 1)).join(', ');
    console.log(`Restarted after ${((performance.now() - began) / 1000).toFixed(2)} s: ${names}`);
  });
}

async function compile(files) {
  rmSync(join(root, 'dist/.built'), { force: true });
  compiler.readProject();
  const sources = files.filter((file) => SOURCE.test(file));
  for (const file of sources.filter((name) => !existsSync(name))) {
    rmSync(compiler.outputOf(file).replace(/\.ts$/, '.js'), { force: true });
  }
  await compiler.compile(sources.filter((name) => existsSync(name)));
  if (sources.length < files.length) compiler.copyAssets();
}

function start(options) {
  const args = ['--enable-source-maps', join(root, 'dist/src/main.js'), 'serve', ...options];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  app = child;
  child.once('message', serving);
  child.once('exit', (code) => {
    if (app === child) app = undefined;
    if (code !== 0 && !isEnding) console.error('Waiting for source changes.');
  });
  return child;
}

function serving() {
  database ??= holdDatabase(); // not earlier: the application says that it creates the database
  if (!hasServed) compiler.prepare();
  hasServed = true;
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
  const lease = await database;
  // a terminal sends SIGINT to the application, too
  await (signal === 'SIGINT' && process.stdin.isTTY ? gone() : stop(signal));
  await lease?.release();
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
