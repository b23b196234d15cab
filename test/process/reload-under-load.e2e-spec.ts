/** @jest-environment node */
import { getPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/factories.js';
import { hasHaproxy, startHaproxy } from '../support/haproxy.js';
import { ownDatabase, type OwnDatabase } from '../support/own-database.js';
import { aerie, aFolder, childrenOf, type Program } from '../support/processes.js';
import { SteadyLoad } from '../support/steady-load.js';

/** `npm run test:reload` reloads twenty times and sends at least 40,000 requests. */
const LONG = Number(process.env['RELOADS'] ?? 0);
const RELOADS = LONG || 2;
const LEAST = LONG * 2000;
const PATHS = ['/items?limit=1', '/health/live', '/', '/items?limit=2'];

import.meta.jest.setTimeout(600_000 + RELOADS * 130_000);

let database: OwnDatabase;
let app: Program;
let api: string;

beforeAll(async () => {
  database = await ownDatabase();
  // Another test covers the limits under load.
  const limits = { MAX_IN_FLIGHT: '1000', MAX_QUEUED: '1000', REQUEST_TIMEOUT_SECONDS: '60' };
  app = aerie({ ...limits, DATA_DIR: aFolder(), DATABASE_URL: database.url, WORKERS: '2', LOG_LEVEL: 'info' });
  api = await app.address();
});

const replacements = () => app.output.split('All workers were replaced').length - 1;

async function reload(times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const before = replacements();
    app.signal('SIGUSR2');
    const deadline = performance.now() + 120_000;
    while (replacements() === before && performance.now() < deadline) await sleep(50);
    expect(replacements()).toBe(before + 1);
  }
}

async function failuresAt(url: string): Promise<readonly string[]> {
  const load = new SteadyLoad(url, PATHS);
  try {
    await sleep(1000); // until every client has its connection
    await reload(RELOADS);
    while (load.answered < LEAST) await sleep(100);
  } finally {
    await load.end(); // else Jest would not exit
  }
  const { answered, failures, late } = load;
  expect(answered).toBeGreaterThan(0);
  process.stdout.write(`${answered + failures.length} requests, ${failures.length} failed, ${late} more were late\n`);
  return failures;
}

it('no request on a keep-alive connection fails while two workers are replaced', async () => {
  expect(await failuresAt(api)).toEqual([]);
});

(hasHaproxy() ? it : it.skip)('no request through HAProxy fails while two workers are replaced', async () => {
  const haproxy = await startHaproxy(api);
  expect(await failuresAt(haproxy.url)).toEqual([]);
  await haproxy.stop();
});

it('a worker that is being replaced does not report that it is stopping, because others serve on the same port', async () => {
  const load = new SteadyLoad(api, ['/health/ready']);
  try {
    await sleep(1000);
    await reload(1);
  } finally {
    await load.end();
  }
  expect(load.failures.filter((failure) => failure.includes('stopping'))).toEqual([]);
});

it('a new worker has a lower process priority until it serves, if the priority can be raised again', async () => {
  const own = getPriority(app.pid);
  const before = childrenOf(app.pid);
  const done = reload(1);
  const successor = await eventually(async () => childrenOf(app.pid).find((pid) => !before.includes(pid)));
  const isRoot = process.getuid?.() === 0; // for other users it depends on their limits
  if (isRoot) await eventually(async () => getPriority(successor) > own || undefined);
  await done;
  expect(getPriority(successor)).toBe(own);
});
