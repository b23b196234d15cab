import pg from 'pg';
import { query } from '../support/database.js';
import { anItem, anOrder } from '../support/factories.js';
import { recipesWith, serviceBy } from '../support/recipes.js';
import { hasRedis, RedisServer } from '../support/redis.js';
import { aUser } from '../support/world.js';

let hangs = false;
let status = 200;
let service: Awaited<ReturnType<typeof serviceBy>>;

beforeAll(async () => {
  service = await serviceBy((_request, response) => {
    if (!hangs) response.writeHead(status, { 'Content-Type': 'application/json' }).end('{"usd": 1.1}');
  });
});
afterAll(() => service.stop());

describe('with other services', () => {
  const warehouse = new URL(databaseUrl);
  warehouse.pathname += '_warehouse';
  beforeAll(() => query(`create database "${warehouse.pathname.slice(1)}"`));
  const nest = recipesWith(['another-database', 'call-service', 'health-check'], () => ({
    RATES_URL: service.url,
    SEARCH_URL: service.url,
    WAREHOUSE_URL: warehouse.href,
  }));

  afterAll(() => query(`drop database "${warehouse.pathname.slice(1)}"`)); // nothing is connected any more

  beforeEach(() => {
    hangs = false;
    status = 200;
  });

  it('another-database: reads from the other database, and Aerie continues to read from its database', async () => {
    const ann = await aUser();
    const other = new pg.Client({ connectionString: warehouse.href });
    await other.connect();
    await other.query('create table parcels (code text primary key, city text not null)');
    await other.query(`insert into parcels values ('A1', 'Rome')`);
    await other.end();
    expect((await ann.get('/parcels')).body).toEqual([{ code: 'A1', city: 'Rome' }]);
    expect((await ann.get('/items')).status).toBe(200);
  });

  it('call-service: returns the response of the service, or 502 if the service fails', async () => {
    expect((await nest.get('/rates')).body).toEqual({ usd: 1.1 });
    status = 500;
    expect(await nest.get('/rates')).toMatchObject({ status: 502, body: { detail: 'The rates service failed' } });
  });

  it('call-service: responds 504 if the service does not answer in time', async () => {
    hangs = true;
    const late = await nest.get('/rates');
    expect([late.status, late.body]).toEqual([504, { detail: 'The rates service does not answer' }]);
  });

  it('health-check: reports the status of the service', async () => {
    expect(await nest.get('/health/search')).toMatchObject({
      status: 200,
      body: { info: { search: { status: 'up' } } },
    });
    status = 500;
    const down = { search: { status: 'down', message: 'does not answer' } };
    expect(await nest.get('/health/search')).toMatchObject({ status: 503, body: { error: down } });
  });
});

(hasRedis() ? describe : describe.skip)('with Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  const nest = recipesWith(['cache'], () => ({ REDIS_URL: redis.url }));
  afterAll(() => redis.stop());

  it('cache: keeps a result in Redis until it is removed', async () => {
    const [item, user] = [await anItem(), await aUser()];
    await anOrder({ user_id: user.id, item_id: item.id });
    const best = [{ item_id: item.id, sold: 1 }];
    expect((await nest.get('/best-sellers')).body).toEqual(best);
    await query('delete from orders');
    expect((await nest.get('/best-sellers')).body).toEqual(best);
    await redis.command('FLUSHALL');
    expect((await nest.get('/best-sellers')).body).toEqual([]);
  });
});
