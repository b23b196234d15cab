import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/factories.js';
import { expectError, nestWith } from './client.js';

describe('@nestjs/throttler', () => {
  const nest = nestWith('packages/throttler');

  it('accepts requests up to the limit and reports the remaining number', async () => {
    for (const left of ['2', '1', '0']) {
      const { text, headers } = await nest.get('/throttled');
      expect([text, headers['x-ratelimit-limit'], headers['x-ratelimit-remaining']]).toEqual(['usual', '3', left]);
    }
    const refused = await nest.get('/throttled');
    expectError(refused, 429, 'ThrottlerException: Too Many Requests');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('applies the limit of @Throttle(), and no limit with @SkipThrottle()', async () => {
    expect((await nest.get('/throttled/strict')).text).toBe('strict');
    expect((await nest.get('/throttled/strict')).status).toBe(429);
    for (let n = 0; n < 5; n++) expect((await nest.get('/throttled/free')).text).toBe('free');
  });
});

describe('@nestjs/terminus', () => {
  const nest = nestWith('packages/terminus');

  it('reports indicators that are up', async () => {
    const { status, headers, body } = await nest.get('/terminus/up');
    expect([status, headers['cache-control']]).toEqual([200, 'no-cache, no-store, must-revalidate']);
    expect(body).toMatchObject({ status: 'ok', details: { memory: { status: 'up' }, dog: { barks: true } } });
  });

  it('responds 503 if an indicator is down', async () => {
    const { status, body } = await nest.get('/terminus/down');
    expect(status).toBe(503);
    const down = { dog: { status: 'down', message: 'asleep' } };
    expect(body).toEqual({ status: 'error', info: {}, error: down, details: down });
  });
});

describe('@nestjs/cache-manager', () => {
  const nest = nestWith('packages/cache');
  const bodyOf = async (path: string) => (await nest.get(path)).body as { call: number };

  it('caches the response to a GET by its URL', async () => {
    const { call } = await bodyOf('/cached/counted');
    expect(await bodyOf('/cached/counted')).toEqual({ call, q: null });
    expect(await bodyOf('/cached/counted?q=1')).toEqual({ call: call + 1, q: '1' });
    expect((await nest.get('/cached/counted')).headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('keeps a cached response for its TTL, and expires it afterwards', async () => {
    const lasting = await bodyOf('/cached/lasting');
    const { call } = await bodyOf('/cached/brief');
    await sleep(60);
    expect(await bodyOf('/cached/lasting')).toEqual(lasting);
    expect((await bodyOf('/cached/brief')).call).toBe(call + 1);
  });

  it('caches a response under the key of @CacheKey()', async () => {
    expect(await bodyOf('/cached/keyed/1')).toEqual({ id: '1' });
    expect(await bodyOf('/cached/keyed/2')).toEqual({ id: '1' });
  });

  it('does not cache errors or responses to other methods', async () => {
    const [one, other] = [await nest.get('/cached/failing'), await nest.get('/cached/failing')];
    expect([one.status, other.status]).toEqual([404, 404]);
    expect(one.text).not.toBe(other.text);
    const { call } = (await nest.post('/cached/counted')).body as { call: number };
    expect((await nest.post('/cached/counted')).body).toEqual({ call: call + 1 });
  });

  it('removes cached responses with clear()', async () => {
    const { call } = await bodyOf('/cached/counted');
    expect((await nest.post('/cached/forget')).body).toEqual({ kept: null });
    expect((await bodyOf('/cached/counted')).call).toBeGreaterThan(call);
  });
});

describe('@nestjs/cache-manager with a store that keeps JSON', () => {
  const nest = nestWith('packages/cache-json');

  it.each(['one', 'page', 'headed'])('repeats the response of a documented route: %s', async (path) => {
    const first = await nest.get(`/cached-json/${path}`);
    const again = await nest.get(`/cached-json/${path}`);
    expect([first.status, first.headers['x-cache']]).toEqual([200, 'MISS']);
    expect([again.status, again.headers['x-cache'], again.body]).toEqual([200, 'HIT', first.body]);
    expect([first.body].flat()[0]).toMatchObject({ at: '2026-01-31T00:00:00.000Z', ended: null });
    for (const name of ['link', 'x-own']) expect(again.headers[name]).toBe(first.headers[name]);
  });
});

describe('packages for configuration and background work', () => {
  const nest = nestWith<string[]>('packages/background');
  const happened = (event: string) => eventually(() => Promise.resolve(nest.probe.includes(event) ? true : undefined));

  it('@nestjs/config returns loaded values, typed or by name, with defaults', async () => {
    const { body } = await nest.get('/background/config');
    expect(body).toEqual({ limit: 9, names: ['Tom'], validated: 'yes', fallback: 'fallback' });
  });

  it('@nestjs/event-emitter calls listeners by name and by wildcard', async () => {
    const { body } = await nest.post('/background/events/created');
    expect(body).toContain('created created');
    await happened('any created');
  });

  it('@nestjs/event-emitter logs the errors of listeners', async () => {
    expect((await nest.post('/background/events/lost')).status).toBe(201);
    expect(nest.logs.map((line) => JSON.stringify(line))).toContainEqual(expect.stringContaining('a listener failed'));
  });

  it('@nestjs/schedule runs intervals, timeouts and cron jobs', async () => {
    await Promise.all(['interval', 'timeout', 'cron'].map(happened));
    const { body } = await nest.get('/background/jobs');
    expect(body).toEqual({ cron: ['monthly', 'seconds'], intervals: ['ticking'], next: 1 });
  });

  it('@nestjs/schedule stops with the application', async () => {
    await nest.stop();
    const { length } = nest.probe;
    await sleep(30);
    expect(nest.probe.length).toBe(length);
  });
});

describe('@nestjs/passport and @nestjs/jwt', () => {
  const nest = nestWith('packages/passport');
  const profileOf = async (name: string) => {
    const { body } = await nest.post('/passport/tokens').set('x-name', name);
    return nest.get('/passport/profile').set('x-cat-token', (body as { token: string }).token);
  };

  it('authenticate with a strategy of the feature', async () => {
    expect((await profileOf('Tom')).body).toEqual({ name: 'Tom' });
  });

  it('respond 401 to a missing token, a forged token and a rejected user', async () => {
    expectError(await nest.get('/passport/profile'), 401, 'Unauthorized');
    expectError(await nest.get('/passport/profile').set('x-cat-token', 'forged'), 401, 'Unauthorized');
    expectError(await profileOf('nobody'), 401, 'Unauthorized');
  });
});
