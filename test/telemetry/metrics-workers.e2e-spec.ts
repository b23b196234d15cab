/** @jest-environment node */
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/factories.js';
import { parseMetrics, promtoolSays, risingOf, sumOf, type Family } from '../support/exposition.js';
import { freePort } from '../support/free-port.js';
import { ownDatabase } from '../support/own-database.js';
import { aerie, aFolder, childrenOf, type Program } from '../support/processes.js';

type Families = ReadonlyMap<string, Family>;

const REQUESTS = 'http_request_duration_seconds_count';
/** Longer than the interval at which the metrics of the workers are collected. */
const LOOKED_AT_MS = 6000;

describe('the metrics of two workers', () => {
  let app: Program;
  let api: string;
  let metrics: string;
  let asked = 0;

  const text = async () => (await fetch(`${metrics}/metrics`)).text();
  const scrape = async (): Promise<Families> => parseMetrics(await text());
  const greetings = async () => sumOf(await scrape(), REQUESTS, { method: 'GET', route: '/', status: '200' });

  /** Sends each request on a new connection, so that both workers get requests. */
  async function greet(times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      const answer = await fetch(`${api}/`, { headers: { Connection: 'close' } }).catch(() => undefined);
      if (answer?.status === 200) asked++;
    }
  }

  const two = () =>
    eventually(async () =>
      sumOf(await scrape(), 'aerie_build_info') === 1 && childrenOf(app.pid).length === 2 ? true : undefined,
    );

  /** Expects that every earlier series still exists and that none has decreased. */
  async function expectNothingFell(before: Families): Promise<void> {
    const now = risingOf(await scrape());
    const fallen = [...risingOf(before)].filter(([key, value]) => !((now.get(key) ?? -1) >= value));
    expect(fallen).toEqual([]);
  }

  beforeAll(async () => {
    const { url } = await ownDatabase();
    const port = String(await freePort());
    metrics = `http://127.0.0.1:${port}`;
    app = aerie({ DATA_DIR: aFolder(), DATABASE_URL: url, WORKERS: '2', METRICS_PORT: port });
    api = await app.address();
  });

  it('are added up, and process-independent values are reported once', async () => {
    await greet(40);
    expect(asked).toBe(40);
    const families = await scrape();
    expect(sumOf(families, REQUESTS, { route: '/', status: '200' })).toBe(40);
    expect(sumOf(families, 'aerie_database_connections_max', { pool: 'aerie' })).toBe(60);
    expect(sumOf(families, 'aerie_workers')).toBe(2);
    expect(sumOf(families, 'aerie_build_info')).toBe(1);
    expect(promtoolSays(await text())).toBe('');
  });

  it('do not count jobs in the queue twice', async () => {
    const families = await scrape();
    const kinds = families.get('aerie_jobs')!.samples.map(({ labels }) => `${labels['kind']} ${labels['state']}`);
    expect(kinds.length).toBeGreaterThan(0);
    expect(new Set(kinds).size).toBe(kinds.length);
  });

  it('do not decrease if a worker is killed, and continue with its successor', async () => {
    const before = await scrape();
    const [killed = 0] = childrenOf(app.pid);
    process.kill(killed, 'SIGKILL');
    await expectNothingFell(before);
    await eventually(async () => (childrenOf(app.pid).includes(killed) ? undefined : true));
    await two();
    await expectNothingFell(before);
    expect(await greetings()).toBe(asked);
    await greet(20);
    expect(await greetings()).toBe(asked);
    expect(sumOf(await scrape(), 'aerie_worker_deaths_total')).toBe(1);
  });

  it('include the work of a killed worker, even without a scrape before its death', async () => {
    await greet(10);
    await sleep(LOOKED_AT_MS);
    const pids = childrenOf(app.pid);
    process.kill(pids[0]!, 'SIGKILL');
    await eventually(async () => (childrenOf(app.pid).includes(pids[0]!) ? undefined : true));
    expect(await greetings()).toBe(asked);
  });

  it('lose no counts if all workers are replaced', async () => {
    await two();
    await greet(10);
    const before = await scrape();
    const pids = childrenOf(app.pid);
    app.signal('SIGUSR2');
    // Workers are replaced one by one at a lower priority, and each keeps its idle connections for ten seconds.
    await eventually(async () => !childrenOf(app.pid).some((pid) => pids.includes(pid)) || undefined);
    await expectNothingFell(before);
    expect(await greetings()).toBe(asked);
  });

  it('do not prevent a clean exit on SIGTERM', async () => {
    app.signal('SIGTERM');
    expect(await app.ended).toBe(0);
  });
});
