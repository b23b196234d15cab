import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { copyWith } from './export.mjs';
import { median, table } from './stats.mjs';

const ROUNDS = 3;
const ABORTS = 20;
const IMPORTED = 50_000;
const WITH_PASSWORDS = 200;
const MIB = 1024 * 1024;

/** Measures exports and imports: seconds, highest memory of the process, and how soon an aborted export ends. */
export async function transfers(aerie, admin, { url, rows }) {
  const authorization = admin;
  const lines = [['', 'seconds', 'rows/s', 'highest memory']];
  const add = (name, { seconds, rss }, count = rows) => {
    const memory = rss === undefined ? '' : `${Math.round(rss / MIB)} MiB`;
    lines.push([name, seconds.toFixed(2), (count / seconds).toFixed(0), memory]);
    console.error(lines.at(-1).join(' | '));
  };
  add('COPY by psql', await best(() => copyWith(url)));
  for (const [name, headers] of Object.entries(DOWNLOADS)) {
    add(`\`GET /export\` ${name}`, await best(() => download(aerie, '/export', { authorization, ...headers }), aerie));
  }
  for (const body of [{ format: 'csv' }, { format: 'csv', gzip: true }]) {
    const file = await measured(aerie, () => made(aerie, authorization, body));
    add(`file of ${JSON.stringify(body)} (${Math.round(file.value.size_bytes / MIB)} MiB)`, file);
    const path = `/exports/${file.value.id}/file`;
    add('its download', await measured(aerie, () => download(aerie, path, { authorization }, file.value.sha256)));
    await fetch(aerie.url + `/exports/${file.value.id}`, { method: 'DELETE', headers: { authorization } });
  }
  add('import of accounts', await measured(aerie, () => imported(aerie, authorization, IMPORTED, '')), IMPORTED);
  const withPasswords = () => imported(aerie, authorization, WITH_PASSWORDS, 'Tz7-quarks-Lantern');
  add('import with passwords', await measured(aerie, withPasswords), WITH_PASSWORDS);
  return `${table(lines)}\n\n${await aborts(aerie, authorization, url)}`;
}

const DOWNLOADS = {
  CSV: { 'accept-encoding': 'identity' },
  NDJSON: { accept: 'application/x-ndjson', 'accept-encoding': 'identity' },
  'CSV, gzip': { 'accept-encoding': 'gzip' },
};

async function best(work, server) {
  const all = [];
  for (let i = 0; i < ROUNDS; i++) all.push(await measured(server, work));
  return { seconds: median(all.map(({ seconds }) => seconds)), rss: server && Math.max(...all.map(({ rss }) => rss)) };
}

/** Measures the seconds of `work`, and the highest memory of the server meanwhile. */
async function measured(server, work) {
  let [rss, done] = [0, false];
  const watching =
    server &&
    watch(
      server,
      () => done,
      (now) => (rss = Math.max(rss, now)),
    );
  const began = performance.now();
  const value = await work();
  const seconds = (performance.now() - began) / 1000;
  done = true;
  await watching;
  return { seconds, rss: server ? rss : undefined, value };
}

async function watch(server, isDone, tell) {
  while (!isDone()) {
    tell((await server.usage()).rss);
    await sleep(50);
  }
}

function open({ url }, path, headers) {
  return new Promise((resolve, reject) => {
    request(url + path, { headers, agent: false }, resolve)
      .on('error', reject)
      .end();
  });
}

export async function download(server, path, headers, sha256) {
  const answer = await open(server, path, headers);
  if (answer.statusCode !== 200) throw new Error(`${path} answers ${answer.statusCode}`);
  const hash = createHash('sha256');
  for await (const chunk of answer) if (sha256) hash.update(chunk);
  if (sha256 && hash.digest('hex') !== sha256) throw new Error(`${path} does not have the expected SHA-256`);
}

export async function made({ url }, authorization, body) {
  const headers = { authorization, 'content-type': 'application/json' };
  const answer = await fetch(`${url}/exports`, { method: 'POST', headers, body: JSON.stringify(body) });
  let file = await answer.json();
  while (file.status !== 'ready') {
    await sleep(50);
    file = await (await fetch(`${url}/exports/${file.id}`, { headers })).json();
    if (file.status === 'failed' || file.detail) throw new Error(`The export ${JSON.stringify(file)}`);
  }
  return file;
}

async function imported({ url }, authorization, count, password) {
  const mark = Math.random().toString(36).slice(2);
  const rows = Array.from({ length: count }, (_, i) => `${i}.${mark}@import.example,Name ${i},${password}\n`);
  const headers = { authorization, 'content-type': 'text/csv' };
  const body = `email,name,password\n${rows.join('')}`;
  const report = await (await fetch(`${url}/users/import`, { method: 'POST', headers, body })).json();
  if (report.created !== count) throw new Error(`Imported: ${JSON.stringify(report).slice(0, 500)}`);
}

/** Measures how soon PostgreSQL stops working for a client that has disconnected. */
async function aborts(aerie, authorization, connectionString) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const running = async () => {
    const { rows } = await client.query(
      `select 1 from pg_stat_activity where application_name = 'aerie-exports' and query like 'copy%' and state = 'active'`,
    );
    return rows.length;
  };
  const times = [];
  for (let i = 0; i < ABORTS; i++) {
    const answer = await open(aerie, '/export', { authorization });
    await once(answer, 'readable');
    const before = await running();
    answer.destroy();
    const began = performance.now();
    while ((await running()) > 0) await sleep(5);
    if (before > 0) times.push((performance.now() - began) / 1000);
  }
  await client.end();
  return `${times.length} aborts; seconds until PostgreSQL ended the query: median ${median(times).toFixed(3)}, highest ${Math.max(...times).toFixed(3)}`;
}
