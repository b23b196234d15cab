// Measures how sign-ins slow down other requests, and whether their duration reveals which accounts exist. Prints for a
// fresh Aerie:
//  - the latency of GET /items/1: alone, while 500 clients send GET / at once twice a second, and while they sign in
//    instead. The difference between the last two is caused by the password hashes and not by the number of requests.
//  - the duration of POST /auth/token for a known and an unknown address, measured alternately.
import { fork } from 'node:child_process';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { command, whole } from './command.mjs';
import { withAerie } from './with-aerie.mjs';

const CROWD = 500;
const EVERY_MS = 500;
const PROBE_MS = 4;

if (process.send) await flood(...process.argv.slice(2));
else await measure(...asked());

function asked() {
  return command(
    'node scripts/sign-ins.mjs',
    'Measure how sign-ins slow down other requests, and whether their duration reveals accounts.',
  )
    .argument('[SECONDS]', 'duration of each part in seconds', whole(1), 10)
    .argument('[PAIRS]', 'number of sign-ins per account to compare', whole(1), 300)
    .parse().processedArgs;
}

async function measure(duration, count) {
  const variables = { AUTH_ATTEMPTS_PER_MINUTE: '0', AUTH_FREE_FAILURES: '0' };
  await withAerie(variables, async ({ url }) => {
    await probe(url, 2);
    report('GET /items/1, alone', await probe(url, duration));
    for (const what of ['GET /', 'sign in']) {
      const crowd = fork(fileURLToPath(import.meta.url), [url, what]);
      // the first burst is over, so the threads have started
      await new Promise((resolve) => crowd.once('message', resolve));
      report(`GET /items/1, while ${CROWD} ${what}`, await probe(url, duration));
      const answers = new Promise((resolve) => crowd.once('message', resolve));
      crowd.send('stop');
      console.log(`their responses by status: ${JSON.stringify(await answers)}`);
    }
    await compare(url, count);
  });
}

/**
 * Sends a request every few milliseconds. Returns the latencies in milliseconds, and the count of each status except
 * 200.
 */
async function probe(url, duration) {
  const agent = new Agent({ keepAlive: true });
  const times = [];
  const failed = {};
  for (const until = performance.now() + duration * 1000; performance.now() < until;) {
    const began = performance.now();
    const status = await send(agent, `${url}/items/1`);
    times.push(performance.now() - began);
    if (status !== 200) failed[status] = (failed[status] ?? 0) + 1;
    await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
  }
  agent.destroy();
  return { times, failed };
}

async function compare(url, count) {
  const agent = new Agent({ keepAlive: true });
  const times = { known: [], unknown: [] };
  for (let i = 0; i < count + 10; i++) {
    for (const who of i % 2 ? ['known', 'unknown'] : ['unknown', 'known']) {
      const username = who === 'known' ? 'ann@aerie.example' : 'bob@aerie.example';
      const began = performance.now();
      const status = await send(agent, `${url}/auth/token`, { username, password: 'Password2' });
      if (status !== 401) throw new Error(`${who}: ${status}`);
      if (i >= 10) times[who].push(performance.now() - began);
    }
  }
  agent.destroy();
  for (const [who, of] of Object.entries(times)) report(`POST /auth/token, ${who} address`, { times: of, failed: {} });
}

/**
 * Runs in the child process. Sends CROWD requests at once, and repeats that when all are answered and EVERY_MS have
 * passed.
 */
async function flood(url, what) {
  const agent = new Agent({ keepAlive: true, maxSockets: CROWD });
  const answers = {};
  let running = true;
  process.on('message', () => (running = false));
  const form = { username: 'ann@aerie.example', password: 'Password1' };
  const ask = () => (what === 'sign in' ? send(agent, `${url}/auth/token`, form) : send(agent, url));
  for (let round = 0; running; round++) {
    const pause = new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    const statuses = await Promise.all(Array.from({ length: CROWD }, ask));
    for (const status of statuses) answers[status] = (answers[status] ?? 0) + 1;
    if (round === 0) process.send('begun');
    await pause;
  }
  process.send(answers, () => process.exit());
}

function send(agent, url, form) {
  return new Promise((resolve, reject) => {
    const headers = form ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {};
    const sent = request(url, { agent, method: form ? 'POST' : 'GET', headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    });
    sent.once('error', reject).end(form && new URLSearchParams(form).toString());
  });
}

function report(what, { times, failed }) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(2);
  const others = Object.keys(failed).length > 0 ? `, not 200: ${JSON.stringify(failed)}` : '';
  console.log(`${what}: median ${at(0.5)} ms, p99 ${at(0.99)} ms, n ${sorted.length}${others}`);
}
