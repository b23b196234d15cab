// Measures what a pooler costs: the same requests to Aerie with PostgreSQL directly, and with PgBouncer in transaction
// mode in between. Usage: npm exec -c 'node bench/pooler.mjs'. PGBOUNCER sets another program. The figures are in
// docs/poolers.md.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SIZES } from './data.mjs';
import { openDatabase, openPostgres } from './database.mjs';
import { programCosts } from './program-costs.mjs';
import { routes, signIn } from './routes.mjs';
import { DATA_DIR, freePort, Server } from './servers.mjs';
import { medians } from './stats.mjs';

const PROGRAM = process.env.PGBOUNCER ?? 'pgbouncer';
const NAMES = new Set(['GET /items/{id}', 'POST /orders']);
const WARM_ROUNDS = 5;
const ROUNDS = 7;
/** Settings with a long timeout, for busy machines. */
const PATIENT = { REQUEST_TIMEOUT_SECONDS: '60' };
/** PgBouncer refuses to run as root. */
const NOBODY = 65_534;

const postgres = await openPostgres(DATA_DIR);
const folder = mkdtempSync(join(tmpdir(), 'aerie-bench-pooler-'));
const stops = [() => postgres.release(), () => rmSync(folder, { recursive: true })];
try {
  const { url } = await openDatabase(postgres, 'bench_medium', SIZES.medium);
  const pooler = await startPooler(new URL(url));
  const direct = await Server.aerie(url, { env: PATIENT });
  stops.unshift(() => direct.stop());
  const pooled = await Server.aerie(pooler.url, { env: { ...PATIENT, DATABASE_DIRECT_URL: url } });
  stops.unshift(() => pooled.stop());
  await signIn(direct, pooled);
  console.log(execFileSync(PROGRAM, ['--version'], { encoding: 'utf8' }).split('\n')[0]);
  console.log(
    '| request | way | Aerie µs | PostgreSQL µs | PgBouncer µs | all µs | p50 ms |\n|---|---|---:|---:|---:|---:|---:|',
  );
  for (const route of routes(SIZES.medium).filter(({ name }) => NAMES.has(name)))
    report(route, await compared([direct, pooled], route, pooler.pid));
} finally {
  for (const stop of stops) await stop();
}

/** Returns the medians of some rounds, after warm-up rounds. The servers take turns. */
async function compared(servers, route, poolerPid) {
  const figures = servers.map(() => []);
  for (let i = 0; i < WARM_ROUNDS + ROUNDS; i++)
    for (const [at, server] of servers.entries()) {
      const one = await round(server, route, poolerPid);
      if (i >= WARM_ROUNDS) figures[at].push(one);
    }
  return figures.map(medians);
}

async function round(server, route, poolerPid) {
  const { cpuUs, p50 } = await programCosts(server, route, poolerPid);
  const [aerie, database, pooler] = cpuUs;
  return { aerie, database, pooler, all: aerie + database + pooler, p50 };
}

function cells({ aerie, database, pooler, all, p50 }) {
  const us = [aerie, database, pooler, all].map((one) => one.toFixed(0));
  return [...us, p50.toFixed(1)].join(' | ');
}

function report({ name }, [direct, pooled]) {
  const ratio = (key) => `×${(pooled[key] / direct[key]).toFixed(2)}`;
  console.log(`| \`${name}\` | direct | ${cells(direct)} |`);
  console.log(`| \`${name}\` | pooled | ${cells(pooled)} |`);
  console.log(
    `| \`${name}\` | ratio | ${ratio('aerie')} | ${ratio('database')} | | ${ratio('all')} | ${ratio('p50')} |`,
  );
}

async function startPooler({ port, pathname, username, password, searchParams }) {
  const listen = await freePort();
  const place = `host=${searchParams.get('host')} port=${port} dbname=${pathname.slice(1)} user=${username} password=${password}`;
  const options = [`listen_addr = 127.0.0.1`, `listen_port = ${listen}`, 'unix_socket_dir =', 'auth_type = any'];
  const file = join(folder, 'pgbouncer.ini');
  const lines = ['[databases]', `pooled = ${place}`, '[pgbouncer]', ...options, 'pool_mode = transaction'];
  writeFileSync(file, `${lines.join('\n')}\n`);
  const account = process.getuid() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (account.uid !== undefined) for (const path of [folder, file]) chownSync(path, NOBODY, NOBODY);
  chmodSync(file, 0o600);
  const child = spawn(PROGRAM, ['-q', file], { stdio: 'ignore', ...account });
  stops.unshift(() => child.kill());
  return { pid: child.pid, url: `postgres://aerie@127.0.0.1:${listen}/pooled` };
}
