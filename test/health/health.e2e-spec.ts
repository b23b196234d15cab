import pg from 'pg';
import type { Response } from 'supertest';
import { query } from '../support/database.js';
import { eventually } from '../support/factories.js';
import { anon } from '../support/world.js';

const get = (path: string) => anon.get(path);
const refused = ({ status, body }: Response) => (status === 503 ? (body as object) : undefined);
const ready = () => eventually(async () => ((await get('/health/ready')).status === 200 ? true : undefined));

describe('GET /', () => {
  it('returns a greeting', async () => {
    const answer = await get('/');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ message: 'Hello World' });
  });
});

describe('GET /health/live', () => {
  it('reports that the process is alive', async () => {
    const answer = await get('/health/live');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ status: 'ok' });
  });
});

describe('GET /health/ready', () => {
  it('reports that the application can serve requests', async () => {
    const answer = await get('/health/ready');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ status: 'ok', database: 'ok', redis: 'off' });
  });

  it('checks the database at most once per second', async () => {
    await ready();
    await query('alter table migrations rename to migrations_kept'); // a new check would find no migrations
    expect((await get('/health/ready')).status).toBe(200);
    await query('alter table migrations_kept rename to migrations');
  });

  it('reports a database with a missing migration as not ready, and one with newer migrations as ready', async () => {
    const [newest] = await query<{ name: string }>('select name from migrations order by id desc limit 1');
    await query(`update migrations set name = name || '_lost' where name = $1`, [newest!.name]);
    const refusal = await eventually(async () => refused(await get('/health/ready')));
    expect(refusal).toEqual({ detail: `Not ready: the migration ${newest!.name} is not applied` });
    await query(`update migrations set name = $1 where name = $1 || '_lost'`, [newest!.name]);
    await query(`insert into migrations (timestamp, name) values (4000000000000, 'Newer4000000000000')`);
    await ready();
  });
});

describe('while the database refuses connections', () => {
  const admin = new pg.Client({ connectionString: process.env['TEST_ADMIN_URL'] });
  const name = new URL(databaseUrl).pathname.slice(1);
  const allow = (allowed: boolean) => admin.query(`alter database "${name}" allow_connections ${allowed}`);
  const endAll = () => admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);

  beforeAll(() => admin.connect());
  afterAll(() => admin.end());

  beforeEach(async () => {
    await allow(false);
    await endAll();
  });
  afterEach(() => allow(true));

  it('the application is alive but not ready, and becomes ready again without a restart', async () => {
    const refusal = await eventually(async () => refused(await get('/health/ready')));
    expect(refusal).toEqual({ detail: 'Not ready: the database does not answer' });
    expect((await get('/health/live')).status).toBe(200);
    expect((await get('/')).status).toBe(200);
    await allow(true);
    await ready();
    expect((await get('/items')).status).toBe(200);
  });

  it('the application survives connections that are terminated at any moment', async () => {
    await allow(true);
    for (let round = 0; round < 5; round++) {
      const requests = Array.from({ length: 10 }, () => get('/items'));
      await endAll();
      const statuses = (await Promise.all(requests)).map(({ status }) => status);
      expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
    }
    await ready();
  });

  it('requests that need the database get 503 with Retry-After', async () => {
    const answer = await get('/items');
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.body).toEqual({ detail: 'The database is not available, try again' });
    await allow(true);
    await eventually(async () => ((await get('/items')).status === 200 ? true : undefined));
  });
});
