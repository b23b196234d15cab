/** @jest-environment node */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/factories.js';
import { parseMetrics, promtoolSays, sumOf, type Family } from '../support/exposition.js';
import { freePort } from '../support/free-port.js';
import { anon, PASSWORD } from '../support/world.js';
import { ownDatabase, type OwnDatabase } from '../support/own-database.js';
import { aerie, aFolder, command, MAIN, Program } from '../support/processes.js';

type Families = ReadonlyMap<string, Family>;

const REQUESTS = 'http_request_duration_seconds_count';
const JSON_TYPE = { 'Content-Type': 'application/json' };

async function scrape(metrics: string): Promise<Families> {
  return parseMetrics(await (await fetch(`${metrics}/metrics`)).text());
}

const statusOf = async (url: string, method = 'GET') => (await fetch(url, { method })).status;

const signUp = (api: string, email: string) => anon.at(api).post('/users', { email, name: 'Ann', password: PASSWORD });

let database: OwnDatabase;

beforeAll(async () => {
  database = await ownDatabase();
});

describe('without METRICS_PORT', () => {
  it('/metrics does not exist, and prom-client is not loaded', async () => {
    const NODE_OPTIONS = `--import=${new URL('../support/tell-loaded.mjs', import.meta.url).href}`;
    const env = { DATA_DIR: aFolder(), DATABASE_URL: database.url, NODE_OPTIONS };
    const apps = [aerie(env), aerie({ ...env, METRICS_PORT: String(await freePort()) })] as const;
    const [off, on] = apps;
    expect((await fetch(`${await off.address()}/metrics`)).status).toBe(404);
    expect(off.output).not.toContain('Metrics');
    await on.address();
    for (const app of apps) app.signal('SIGTERM');
    expect(await Promise.all(apps.map(({ ended }) => ended))).toEqual([0, 0]);
    expect(off.output).toContain('loaded: express');
    expect(off.output).not.toContain('loaded: prom-client');
    expect(on.output).toContain('loaded: prom-client');
  });
});

describe('with METRICS_PORT', () => {
  let app: Program;
  let api: string;
  let metrics: string;

  beforeAll(async () => {
    const port = String(await freePort());
    metrics = `http://127.0.0.1:${port}`;
    app = aerie({ DATA_DIR: aFolder(), DATABASE_URL: database.url, METRICS_PORT: port, AUTH_ATTEMPTS_PER_MINUTE: '3' });
    api = await app.address();
  });

  it('the address is printed, is on loopback and is separate from the API', async () => {
    expect(app.output).toContain(`Metrics    ${metrics}/metrics`);
    expect((await fetch(`${api}/metrics`)).status).toBe(404);
    const answer = await fetch(`${metrics}/metrics`);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('requests are counted by route template, method and status', async () => {
    for (const id of [1, 2, 2_147_483_647]) await fetch(`${api}/items/${id}`);
    const families = await scrape(metrics);
    expect(sumOf(families, REQUESTS, { method: 'GET', route: '/items/:item_id', status: '404' })).toBe(3);
    expect(sumOf(families, 'http_request_duration_seconds_sum', { route: '/items/:item_id' })).toBeGreaterThan(0);
  });

  it('no label contains an id or user input, and unknown paths share one label', async () => {
    const before = sumOf(await scrape(metrics), REQUESTS, { route: 'unrouted' });
    for (const path of ['/nothing/4711', '/items/4711/4712', '/%00/4713', '/items/x4714?y=4715'])
      await fetch(api + path);
    const families = await scrape(metrics);
    expect(sumOf(families, REQUESTS, { route: 'unrouted' })).toBe(before + 3);
    const labels = [...families.values()].flatMap(({ samples }) =>
      samples.flatMap((one) => Object.entries(one.labels)),
    );
    expect(labels.filter(([, value]) => value.includes('471'))).toEqual([]);
    const open = labels.filter(
      ([name]) => !['le', 'status', 'version', 'node', 'major', 'minor', 'patch'].includes(name),
    );
    expect(open.filter(([, value]) => /\d|select .* from|@/i.test(value))).toEqual([]);
  });

  it('a client that disconnects before the response is counted as 499', async () => {
    const free = await database.hold('users');
    const gone = new AbortController();
    const body = JSON.stringify({ email: 'gone@example.com', name: 'Ann', password: 'Password1' });
    const asked = fetch(`${api}/users`, { method: 'POST', headers: JSON_TYPE, body, signal: gone.signal });
    await eventually(async () => sumOf(await scrape(metrics), 'aerie_http_requests_in_flight') === 1 || undefined);
    gone.abort();
    await asked.catch(() => {});
    const left = { method: 'POST', route: '/users', status: '499' };
    await eventually(async () => sumOf(await scrape(metrics), REQUESTS, left) === 1 || undefined);
    await free();
  });

  it('statements are counted by kind, and connections by pool', async () => {
    await signUp(api, 'ann@example.com');
    const families = await scrape(metrics);
    for (const kind of ['select', 'insert', 'start', 'commit']) {
      expect(sumOf(families, 'aerie_database_statement_duration_seconds_count', { kind })).toBeGreaterThan(0);
    }
    expect(sumOf(families, 'aerie_database_connections', { pool: 'aerie' })).toBeGreaterThan(0);
    expect(sumOf(families, 'aerie_database_connections_max', { pool: 'aerie' })).toBe(30);
  });

  it('retries of transactions are counted', async () => {
    await database.query('create sequence races');
    await database.query(`create function lose_race() returns trigger language plpgsql as $$ begin
      if nextval('races') <= 2 then raise 'lost' using errcode = '40001'; end if; return null;
    end $$`);
    await database.query('create trigger lose_race after insert on users for each row execute function lose_race()');
    expect((await signUp(api, 'races@example.com')).status).toBe(201);
    expect(sumOf(await scrape(metrics), 'aerie_database_transaction_retries_total')).toBe(2);
  });

  it('job attempts and mails are counted by outcome', async () => {
    const done = await eventually(async () => {
      const families = await scrape(metrics);
      const attempts = { kind: 'welcome-mail', outcome: 'completed' };
      return sumOf(families, 'aerie_job_attempt_duration_seconds_count', attempts) > 0 ? families : undefined;
    });
    expect(sumOf(done, 'aerie_mails_total', { outcome: 'sent' })).toBeGreaterThan(0);
    expect(sumOf(done, 'aerie_mails_total', { outcome: 'refused' })).toBe(0);
  });

  it('refused requests are counted by cause, and rate limiting also separately', async () => {
    const credentials = new URLSearchParams({ username: 'nobody@example.com', password: 'Password1' });
    for (let i = 0; i < 5; i++) await fetch(`${api}/auth/token`, { method: 'POST', body: credentials });
    const families = await scrape(metrics);
    const refused = sumOf(families, 'aerie_http_requests_refused_total', { cause: 'rate_limit' });
    expect(refused).toBeGreaterThan(0);
    expect(sumOf(families, 'aerie_rate_limited_total')).toBe(refused);
  });

  it('the format and the names follow the conventions of Prometheus', async () => {
    const text = await (await fetch(`${metrics}/metrics`)).text();
    expect(() => parseMetrics(text)).not.toThrow();
    expect(promtoolSays(text)).toBe('');
  });

  it('the metrics port also serves health checks, and refuses other paths and methods', async () => {
    const pages = ['/metrics', '/health/live', '/health/ready'];
    expect(await Promise.all(pages.map((path) => statusOf(metrics + path)))).toEqual([200, 200, 200]);
    const others = ['/', '/items', '/constructor'];
    expect(await Promise.all(others.map((path) => statusOf(metrics + path)))).toEqual([404, 404, 404]);
    expect(await statusOf(`${metrics}/metrics`, 'POST')).toBe(405);
    expect(await statusOf(`${metrics}/metrics`, 'HEAD')).toBe(200);
  });

  it('a port that is in use is reported with the name of its variable', async () => {
    const { port } = new URL(metrics);
    const second = aerie({ DATA_DIR: aFolder(), DATABASE_URL: database.url, METRICS_PORT: port });
    expect(await second.ended).toBe(1);
    expect(second.output).toContain(
      `Port ${port} on 127.0.0.1 is taken by another program: stop it, or set METRICS_PORT to another number`,
    );
  });

  const equal = ['127.0.0.1 127.0.0.1', '127.0.0.1 localhost', 'localhost 127.0.0.1', 'localhost ::'];
  it.each(equal)('the port of the API is refused before the database is started: %s', async (hosts) => {
    const [HOST = '', METRICS_HOST = ''] = hosts.split(' ');
    const DATA_DIR = aFolder();
    const output = 'The configuration has 1 error:\n  - METRICS_PORT must differ from PORT\n';
    const NODE_OPTIONS = '--dns-result-order=ipv4first'; // localhost may also be ::1
    const env = { DATA_DIR, HOST, PORT: '8123', METRICS_HOST, METRICS_PORT: '8123', NODE_OPTIONS };
    expect(await command('serve', [], { env })).toEqual({ code: 1, output });
    expect(existsSync(join(DATA_DIR, 'postgres'))).toBe(false);
  });

  it('the application exits cleanly on SIGTERM and closes the metrics port', async () => {
    app.signal('SIGTERM');
    expect(await app.ended).toBe(0);
    await expect(fetch(`${metrics}/metrics`)).rejects.toThrow('fetch failed');
  });
});

describe('a process with two connections that runs no jobs', () => {
  let own: OwnDatabase;
  let api: string;
  let metrics: string;

  beforeAll(async () => {
    own = await ownDatabase();
    const port = String(await freePort());
    metrics = `http://127.0.0.1:${port}`;
    const few = { DATABASE_POOL_SIZE: '1', DATABASE_POOL_OVERFLOW: '1', JOBS_IN_PROCESS: 'false' };
    const env = { DATA_DIR: aFolder(), DATABASE_URL: own.url, METRICS_PORT: port, LOG_LEVEL: 'fatal', ...few };
    api = await aerie(env).address();
  });

  it('reports the waiting jobs and the age of the oldest since it was due', async () => {
    await own.query(`insert into pgboss.job (name, state, start_after)
      select 'daily-report', 'created', now() + n * interval '1 hour' from generate_series(-1, 1) n`);
    const families = await scrape(metrics);
    const labels = { kind: 'daily-report', state: 'created' };
    expect(sumOf(families, 'aerie_jobs', labels)).toBe(3);
    const age = sumOf(families, 'aerie_jobs_oldest_age_seconds', labels);
    expect(age).toBeGreaterThanOrEqual(3600);
    expect(age).toBeLessThan(3700);
    expect(sumOf(families, 'aerie_jobs', { kind: 'daily-report', state: 'failed' })).toBe(0);
  });

  it('reports requests that wait for a connection, and requests that are refused for lack of one', async () => {
    const free = await own.hold('users');
    const answers = Promise.all([1, 2, 3, 4, 5].map((i) => signUp(api, `waits${i}@example.com`)));
    await eventually(async () => {
      const families = await scrape(metrics);
      expect(families.get('aerie_jobs')).toBeDefined();
      return sumOf(families, 'aerie_database_connections_waiting', { pool: 'aerie' }) > 0 || undefined;
    });
    const statuses = (await answers).map(({ status }) => status);
    await free();
    const refused = sumOf(await scrape(metrics), 'aerie_http_requests_refused_total', { cause: 'database' });
    expect(refused).toBe(statuses.filter((status) => status === 503).length);
    expect(refused).toBeGreaterThan(0);
  });
});

describe('a process that runs only jobs', () => {
  it('also serves metrics and health checks, and is not ready if the database check fails', async () => {
    const own = await ownDatabase();
    const port = String(await freePort());
    const metrics = `http://127.0.0.1:${port}`;
    const env = { DATABASE_URL: own.url, DATA_DIR: aFolder(), LOG_LEVEL: 'fatal', METRICS_PORT: port };
    const worker = new Program(process.execPath, [MAIN, 'worker'], { env });
    await worker.says(/runs jobs/);
    expect(worker.output).toContain(`Metrics    ${metrics}/metrics`);
    expect((await fetch(`${metrics}/health/ready`)).status).toBe(200);
    expect(sumOf(await scrape(metrics), 'aerie_build_info')).toBe(1);
    await own.query('alter table migrations rename to others');
    await sleep(1100);
    const answer = await fetch(`${metrics}/health/ready`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ detail: 'Not ready: the database does not answer' });
    expect((await fetch(`${metrics}/health/live`)).status).toBe(200);
    expect((await scrape(metrics)).has('aerie_jobs')).toBe(true);
    expect((await scrape(metrics)).get('aerie_http_requests_in_flight')!.samples).toEqual([]); // for the alert AerieAbsent
    worker.signal('SIGTERM');
    expect(await worker.ended).toBe(0);
  });
});
