import { anOrder, eventually } from '../support/factories.js';
import { hasRedis, RedisServer } from '../support/redis.js';
import { aUser, anon, type Actor } from '../support/world.js';

const test = hasRedis() ? describe : describe.skip;

let redis: RedisServer;
let app: Awaited<ReturnType<typeof startApp>>;
let user: Actor;

const running: { stop(): Promise<void> }[] = [];

async function anApp() {
  const started = await startApp({ env: { REDIS_URL: redis.url, REQUEST_TIMEOUT_SECONDS: '60' } });
  running.push(started);
  return started;
}

afterEach(async () => {
  for (const started of running.splice(0)) await started.stop();
  await redis.stop();
});

const ready = () => anon.at(app.url).get('/health/ready');
const redisIs = (state: string) =>
  eventually(async () => ((await ready()).body as { redis: string }).redis === state || undefined);
const orders = async (actor = user) => {
  const answer = await actor.get('/process');
  expect(answer.status).toBe(200);
  return (answer.body as { orders: number }).orders;
};

test('with REDIS_URL', () => {
  beforeEach(async () => {
    redis = await RedisServer.start();
    app = await anApp();
    user = (await aUser()).at(app.url);
  });

  it('the readiness check reports Redis as available', async () => {
    const answer = await ready();
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ status: 'ok', database: 'ok', redis: 'ok' });
  });

  it('the report is cached for up to five seconds, for all processes', async () => {
    await anOrder({ user_id: user.id });
    const first = await orders();
    await anOrder({ user_id: user.id });
    expect(await orders()).toBe(first);
    const other = await anApp();
    expect(await orders(user.at(other.url))).toBe(first);
    await redis.command('DEL aerie:sales-report'); // instead of waiting for its expiry
    expect(await orders()).toBe(first + 1);
    const seconds = Number((await redis.command('TTL aerie:sales-report')).slice(1));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(5);
  });

  it('the report is not cached while Redis is down, and cached again when it is back', async () => {
    const first = await orders();
    redis.signal('SIGKILL');
    await redisIs('unavailable');
    expect((await ready()).status).toBe(200);
    await anOrder({ user_id: user.id });
    expect(await orders()).toBe(first + 1); // not cached
    await redis.run();
    await redisIs('ok');
    expect(await orders()).toBe(first + 1);
    await anOrder({ user_id: user.id });
    expect(await orders()).toBe(first + 1); // cached again
  });

  it('requests do not wait for a hanging Redis, which is reported as unavailable until it responds again', async () => {
    redis.signal('SIGSTOP');
    const first = await orders();
    await redisIs('unavailable');
    expect((await ready()).status).toBe(200);
    await anOrder({ user_id: user.id });
    expect(await orders()).toBe(first + 1);
    redis.signal('SIGCONT');
    await redisIs('ok');
  });

  it.each([
    ['full', 'CONFIG SET maxmemory 1', 'CONFIG SET maxmemory 0', 'OOM'],
    ['a replica', 'REPLICAOF 127.0.0.1 1', 'REPLICAOF NO ONE', 'READONLY'],
  ])('a Redis that is %s is reported as unavailable, and the log says why', async (_, refuse, accept, why) => {
    await redisIs('ok');
    await redis.command(refuse);
    await redisIs('unavailable');
    expect((await ready()).status).toBe(200);
    const refused = new RegExp(`^Redis refuses a command: ${why}`);
    expect(app.logs).toContainEqual(expect.objectContaining({ msg: expect.stringMatching(refused) }));
    await redis.command(accept);
    await redisIs('ok');
  });

  it('the report is computed again if the cached value cannot be read', async () => {
    await redis.command('SET aerie:sales-report {broken');
    const answer = await user.get('/process');
    expect(answer.status).toBe(200);
  });
});

test('with REDIS_URL but without a Redis server', () => {
  it('the application starts, serves requests, and connects when Redis becomes available', async () => {
    redis = await RedisServer.start();
    redis.signal('SIGKILL');
    app = await anApp();
    user = (await aUser()).at(app.url);
    expect((await ready()).body).toEqual({ status: 'ok', database: 'ok', redis: 'unavailable' });
    expect((await user.get('/process')).status).toBe(200);
    await redis.run();
    await redisIs('ok');
  });
});
