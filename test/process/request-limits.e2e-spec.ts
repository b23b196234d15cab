import { eventually } from '../support/factories.js';
import { ownDatabase, type OwnDatabase } from '../support/own-database.js';
import { aerie, aFolder, type Program } from '../support/processes.js';
import { hasRedis, RedisServer } from '../support/redis.js';
import { PASSWORD_HASH, signIn } from '../support/world.js';

const EMAIL = 'ann@example.com';
const started: Program[] = [];
let database: OwnDatabase;

beforeAll(async () => {
  database = await ownDatabase();
  await database.query(`insert into users (email, name, password_hash) values ('${EMAIL}', 'Ann', $1)`, [
    PASSWORD_HASH,
  ]);
});

afterEach(async () => {
  for (const app of started) app.signal('SIGTERM');
  await Promise.all(started.splice(0).map(({ ended }) => ended));
});

async function start(REQUESTS_PER_MINUTE: number, env: Record<string, string> = {}): Promise<string> {
  const limit = { REQUESTS_PER_MINUTE: String(REQUESTS_PER_MINUTE), LOG_LEVEL: 'info' };
  const app = aerie({ DATA_DIR: aFolder(), DATABASE_URL: database.url, ...limit, ...env });
  started.push(app);
  return app.address();
}

/** Sends a request on a new connection, which another worker may serve. */
function get(url: string, token?: string): Promise<Response> {
  const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return fetch(url, { headers: { Connection: 'close', ...authorization } });
}

const tokenOf = async (api: string) => (await signIn(EMAIL, undefined, api)).access_token;
const limitOf = ({ headers }: Response) => [headers.get('ratelimit-policy'), headers.get('ratelimit')];

const AT_ONCE = 20;

/** Sends `times` requests. Returns how many got each status. */
async function statuses(urls: readonly string[], times: number, token?: string): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (let sent = 0; sent < times; sent += AT_ONCE) {
    const asked = Array.from({ length: Math.min(AT_ONCE, times - sent) }, (_, i) => get(urls[i % urls.length]!, token));
    for (const { status } of await Promise.all(asked)) counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

describe('REQUESTS_PER_MINUTE in one process', () => {
  it('limits accounts, limits addresses without authentication to a fifth of it, and is reported to every caller', async () => {
    const api = await start(20);
    expect(limitOf(await get(`${api}/items/1`))).toEqual(['"address";q=4;w=60', '"address";r=3;t=60']);
    expect(limitOf(await get(`${api}/nowhere`))[1]).toMatch(/^"address";r=2;/); // an unknown path
    expect(limitOf(await get(`${api}/users/me`, 'bad'))[1]).toMatch(/^"address";r=1;/); // an invalid token
    expect(limitOf(await get(`${api}/orders`))[1]).toMatch(/^"address";r=0;/); // no token
    for (const path of ['/items/1', '/nowhere', '/orders']) {
      const refused = await get(api + path);
      expect([refused.status, await refused.json()]).toEqual([429, { detail: 'Too many requests, try again later' }]);
      expect(limitOf(refused)[1]).toMatch(/^"address";r=0;t=\d+$/);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    const token = await tokenOf(api);
    expect(limitOf(await get(`${api}/users/me`, token))).toEqual(['"user";q=20;w=60', '"user";r=19;t=60']);
    expect(await statuses([`${api}/orders`], 30, token)).toEqual({ 200: 19, 429: 11 });
  });

  it('counts a public route for the account of a valid token, and does not refuse an invalid one', async () => {
    const api = await start(20);
    const token = await tokenOf(api);
    const made = await fetch(`${api}/auth/access-tokens`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'Test', scope: 'read', expires_in_days: 1 }),
    });
    const { token: accessToken } = (await made.json()) as { token: string };
    expect(limitOf(await get(`${api}/items/4711`, token))).toEqual(['"user";q=20;w=60', '"user";r=18;t=60']);
    expect(limitOf(await get(`${api}/items/4711`, accessToken))[1]).toMatch(/^"user";r=17;/);
    expect(limitOf(await get(`${api}/items/4711`, accessToken))[1]).toMatch(/^"user";r=16;/);
    for (const [i, bad] of ['bad', `${token}x`, `${accessToken}x`].entries()) {
      const answer = await get(`${api}/items/4711`, bad);
      expect([answer.status, limitOf(answer)[1]?.slice(0, 13)]).toEqual([404, `"address";r=${3 - i}`]);
    }
    expect(await statuses([`${api}/items/4711`], 30, token)).toEqual({ 404: 16, 429: 14 });
  });

  it('counts requests with an unreadable body', async () => {
    const api = await start(20);
    const token = await tokenOf(api);
    const send = async (authorization: Record<string, string>) => {
      const headers = { 'Content-Type': 'application/json', ...authorization };
      const answer = await fetch(`${api}/items`, { method: 'POST', headers, body: '{' });
      return [answer.status, limitOf(answer)[1]?.replace(/;t=.*/, '')];
    };
    for (const left of [3, 2, 1, 0]) expect(await send({})).toEqual([422, `"address";r=${left}`]);
    expect(await send({})).toEqual([429, '"address";r=0']);
    expect(await send({ Authorization: `Bearer ${token}` })).toEqual([422, '"user";r=19']);
  });

  it('counts requests with an unreadable body to operations with a separate limit', async () => {
    const { url } = await ownDatabase(); // without the attempts of other tests
    const api = await start(0, { AUTH_ATTEMPTS_PER_MINUTE: '4', DATABASE_URL: url });
    const send = async (path: string, type: string, body: string) => {
      const answer = await fetch(api + path, { method: 'POST', headers: { 'Content-Type': type }, body });
      return [answer.status, limitOf(answer)[1]?.replace(/;t=.*/, '')];
    };
    expect(await send('/auth/refresh', 'application/json', '{')).toEqual([422, '"refresh";r=3']);
    const large = `username=${'a'.repeat(200_000)}`;
    expect(await send('/auth/token', 'application/x-www-form-urlencoded', large)).toEqual([413, '"credentials";r=3']);
    for (const left of [2, 1, 0])
      expect(await send('/auth/totp', 'application/json', '{')).toEqual([422, `"credentials";r=${left}`]);
    expect(await send('/auth/totp', 'application/json', '{')).toEqual([429, '"credentials";r=0']);
  });

  it('does not count health checks and operations with a separate limit', async () => {
    const api = await start(5);
    expect(await statuses([`${api}/health/live`, `${api}/health/ready`], 20)).toEqual({ 200: 20 });
    expect(limitOf(await get(`${api}/health/live`))).toEqual([null, null]);
    await tokenOf(api);
    expect(limitOf(await get(`${api}/items/1`))[1]).toMatch(/^"address";r=0;/);
    await tokenOf(api);
  });

  it('sets no limit if it is 0, and is 300 by default in production', async () => {
    expect(limitOf(await get(`${await start(0)}/items/1`))).toEqual([null, null]);
    const JWT_SECRET = 'k3Jq9vX2mT7bN5wRz8LpYc4HdGfAs6Ue';
    const production = { NODE_ENV: 'production', HOST: '127.0.0.1', JWT_SECRET, REQUESTS_PER_MINUTE: '' };
    const api = await start(0, production);
    expect(limitOf(await get(`${api}/items/1`))[0]).toBe('"address";q=60;w=60');
  });
});

(hasRedis() ? describe : describe.skip)('REQUESTS_PER_MINUTE with REDIS_URL', () => {
  let redis: RedisServer;

  beforeEach(async () => {
    redis = await RedisServer.start();
  });
  afterEach(() => redis.stop());

  it('is exact across two instances with two workers each', async () => {
    const JWT_SECRET = 'one-key-for-both-instances-of-this-test';
    const env = { REDIS_URL: redis.url, WORKERS: '2', JWT_SECRET };
    const apis = await Promise.all([start(100, env), start(100, env)]);
    const token = await tokenOf(apis[0]);
    const urls = apis.map((api) => `${api}/users/me`);
    expect(await statuses(urls, 300, token)).toEqual({ 200: 100, 429: 200 });
    expect(await statuses(urls, 40, token)).toEqual({ 429: 40 });
    expect(
      await statuses(
        apis.map((api) => `${api}/items/4711`),
        60,
      ),
    ).toEqual({ 404: 20, 429: 40 });
  });

  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    'is counted by each process while Redis is unavailable (%s)',
    async (signal) => {
      const api = await start(50, { REDIS_URL: redis.url });
      const token = await tokenOf(api);
      expect(await statuses([`${api}/users/me`], 60, token)).toEqual({ 200: 50, 429: 10 });
      redis.signal(signal);
      expect(await statuses([`${api}/items/4711`], 10)).toEqual({ 404: 10 });
      expect(await statuses([`${api}/items/4711`], 10)).toEqual({ 429: 10 });
      if (signal === 'SIGSTOP') redis.signal('SIGCONT');
      else await redis.run();
      await eventually(
        async () =>
          ((await (await get(`${api}/health/ready`)).json()) as { redis: string }).redis === 'ok' || undefined,
      );
    },
  );
});
