import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { PASSWORD } from './data.mjs';
import { arrivals, bytesOf } from './overload.mjs';
import { signIn, token } from './routes.mjs';
import { Server } from './servers.mjs';
import { table } from './stats.mjs';
import { download, made } from './transfers.mjs';

const SECONDS = 30;
const READS_PER_SECOND = 100;
const SIGN_INS_PER_SECOND = 4;
const EXPORTS = 4;
const CONNECTIONS = 200;
const LOOK_MS = 100;
const MIB = 1024 * 1024;
/** The target for the 95th percentile of responses. */
const TARGET_MS = 1000;

/**
 * Measures reads of single items while everything expensive runs in the same process: exports to clients that read as
 * fast as they can, a file of an export, the analysis of sales, and sign-ins.
 */
export async function mixed(databaseUrl, size) {
  const server = await Server.aerie(databaseUrl);
  try {
    await signInAdmins(server, databaseUrl);
    const alone = await reads(server, size, SECONDS / 3);
    const memory = watch(server);
    const others = new Others(server, size);
    const beside = await reads(server, size, SECONDS);
    await others.end();
    if (beside.p95 > TARGET_MS) process.exitCode = 1;
    return report(alone, beside, others, memory.end());
  } finally {
    await server.stop();
  }
}

/** Signs in the admin and a second account, which it makes an admin. The data has only one. */
export async function signInAdmins(server, connectionString) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query("update users set role = 'admin' where id = 3");
  await client.end();
  await signIn(server);
  server.tokens.second = await token(server, 'user3@bench.example');
}

/**
 * Sends reads at a constant rate, independent of the responses. Returns their number, statuses and percentiles in ms.
 */
export async function reads({ url }, { items }, seconds) {
  const requests = Array.from({ length: 100 }, (_, i) => bytesOf({ path: `/items/${1 + ((i * 7) % items)}` }));
  const order = { url, requests, rate: READS_PER_SECOND, seconds, connections: CONNECTIONS };
  const { offered, statuses, latencies } = await arrivals(order);
  const sorted = latencies.toSorted((a, b) => a - b);
  const within = (share) => sorted[Math.ceil(sorted.length * share) - 1] ?? Infinity;
  return { offered, statuses, p50: within(0.5), p95: within(0.95), p99: within(0.99) };
}

/** The other kinds of work during the reads. Each starts again as soon as it is done, until the end. */
export class Others {
  over = false;
  done = {};
  refused = 0;

  constructor(server, { users }, names = Object.keys(KINDS)) {
    this.server = server;
    this.users = users;
    this.work = names.flatMap((name) => KINDS[name](this, name));
  }

  async end() {
    this.over = true;
    await Promise.all(this.work);
    return this;
  }

  async repeat(name, act) {
    while (!this.over && !this.server.isGone) {
      await act().then(
        () => this.count(name),
        () => this.fails(),
      );
    }
  }

  count(name) {
    this.done[name] = (this.done[name] ?? 0) + 1;
  }

  async fails() {
    this.refused++;
    await sleep(LOOK_MS);
  }

  /** Sends sign-ins at a constant rate, independent of the responses. */
  async signIns(name) {
    const sent = [];
    for (let i = 0; !this.over && !this.server.isGone; i++) {
      const username = `user${2 + (i % (this.users - 2))}@bench.example`;
      const body = new URLSearchParams({ username, password: PASSWORD });
      const answer = fetch(`${this.server.url}/auth/token`, { method: 'POST', body });
      const isOk = answer.then(({ ok }) => ok).catch(() => false);
      sent.push(isOk.then((ok) => (ok ? this.count(name) : this.refused++)));
      await sleep(1000 / SIGN_INS_PER_SECOND);
    }
    await Promise.all(sent);
  }
}

const KINDS = {
  'GET /export': (others, name) =>
    Array.from({ length: EXPORTS }, (_, i) => {
      const { admin, second } = others.server.tokens; // one account can have two of the four places
      const headers = { authorization: i % 2 === 0 ? admin : second, 'accept-encoding': 'identity' };
      return others.repeat(name, () => download(others.server, '/export', headers));
    }),
  'POST /exports': (others, name) => {
    const { url, tokens } = others.server;
    return others.repeat(name, async () => {
      const { id } = await made(others.server, tokens.admin, { format: 'csv' });
      await fetch(`${url}/exports/${id}`, { method: 'DELETE', headers: { authorization: tokens.admin } });
    });
  },
  'GET /process': (others, name) =>
    others.repeat(name, () => download(others.server, '/process', { authorization: others.server.tokens.admin })),
  'POST /auth/token': (others, name) => others.signIns(name),
};

/** Records the highest memory of the process. `end` stops that and returns the bytes. */
function watch(server) {
  let highest = 0;
  const timer = setInterval(async () => (highest = Math.max(highest, (await server.usage()).rss)), LOOK_MS);
  return { end: () => (clearInterval(timer), highest) };
}

function report(alone, beside, { done, refused }, rss) {
  const row = (name, { offered, statuses, p50, p95, p99 }) => [
    name,
    offered,
    offered - (statuses['200'] ?? 0),
    ...[p50, p95, p99].map((ms) => ms.toFixed(0)),
  ];
  const beyond = beside.p95 > TARGET_MS ? `; OVER the target of ${TARGET_MS} ms` : '';
  const counts = Object.entries(done).map(([name, count]) => `${count} × ${name}`);
  return [
    table([
      ['`GET /items/{id}`', 'reads', 'refused', 'p50 ms', 'p95 ms', 'p99 ms'],
      row('alone', alone),
      row('with all others', beside),
    ]),
    '',
    `Meanwhile, in ${SECONDS} s: ${counts.join(', ')}; ${refused} refused; highest memory ${Math.round(rss / MIB)} MiB${beyond}`,
  ].join('\n');
}
