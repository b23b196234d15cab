import request from 'supertest';
import { anItem, anOrder } from './support/factories.js';
import { query } from './support/database.js';
import { raw, request as rawRequest } from './support/raw.js';
import { type Actor, aUser, world } from './support/world.js';

const server = () => request(baseUrl);

let admin: Actor;
let user: Actor;

beforeAll(async () => {
  ({ admin, user } = await world());
});

type Answered = Promise<{ status: number; headers: Record<string, string> }>;

/** One request for each status that the application answers with. */
const CASES: readonly (readonly [number, () => Answered | request.Test])[] = [
  [200, () => server().get('/')],
  [
    201,
    () =>
      server()
        .post('/users')
        .send({ email: `a${Date.now()}@b.example`, name: 'Ann', password: 'Password1' }),
  ],
  [204, async () => admin.delete(`/items/${(await anItem()).id}`)],
  [204, () => server().options('/items').set({ Origin: 'https://myapp.com', 'Access-Control-Request-Method': 'PUT' })],
  [304, async () => notModified()],
  [400, () => server().post('/auth/refresh').send({ refresh_token: 'no' })],
  [401, () => server().get('/profile')],
  [403, () => user.get('/users')],
  [404, () => server().get('/nowhere')],
  [404, () => server().get('/items/999999')],
  [405, () => server().delete('/')],
  [409, async () => admin.delete(`/items/${(await anOrder({ user_id: user.id })).item_id}`)],
  [
    413,
    () =>
      server()
        .post('/users')
        .send({ a: 'x'.repeat(100_000) }),
  ],
  [414, () => server().get(`/?${'x'.repeat(9000)}`)],
  [415, () => server().post('/users').type('text/plain').send('a')],
  [422, () => server().get('/items?page=x')],
  [500, async () => brokenUser()],
  [503, async () => lockedItem()],
];

async function notModified(): Answered {
  const script = /(?:src|href)="([^"]*\/assets\/[^"]+)"/.exec((await server().get('/docs')).text)![1]!;
  const path = new URL(script, `${baseUrl}/docs`).pathname;
  const { headers } = await server().get(path);
  return server().get(path).set('If-None-Match', headers['etag']!);
}

/** An account that its response model does not know: see response-models.e2e-spec.ts. */
async function brokenUser(): Answered {
  const broken = await aUser();
  await query(`update users set role = 'root' where id = $1`, [broken.id]);
  expectServerErrors();
  return admin.get(`/users/${broken.id}`);
}

/** An order whose item somebody else holds for longer than a request waits. */
async function lockedItem(): Answered {
  const item = await anItem();
  const locked = query('with held as (select id from items where id = $1 for update) select pg_sleep(3) from held', [
    item.id,
  ]);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const answer = await user.post('/orders', { item_id: item.id, quantity: 1 });
  await locked;
  return answer;
}

const SECURITY = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

describe('every answer', () => {
  it.each(CASES)(
    'has the standard headers: %i',
    async (status, ask) => {
      const answer = await ask();
      expect(answer.status).toBe(status);
      expect(answer.headers).toMatchObject(SECURITY);
      expect(answer.headers['content-security-policy']).toMatch(/^default-src 'none'; .*frame-ancestors 'none'/);
      expect(answer.headers['cache-control']).toBeDefined();
      expect(answer.headers['vary']).toMatch(/\bOrigin\b/);
      expect(answer.headers['x-process-time']).toMatch(/^\d+\.\d{6}$/);
      expect(answer.headers['x-request-id']).toMatch(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/);
      expect(answer.headers['server-timing']).toMatch(/^app;dur=\d+\.\d, db;dur=\d+\.\d$/);
      expect(answer.headers).not.toHaveProperty('x-powered-by');
      expect(answer.headers).not.toHaveProperty('server');
      expect(answer.headers).not.toHaveProperty('strict-transport-security');
    },
    10_000,
  );

  it('of JSON says so, without a charset, and its length', async () => {
    const answers = [await server().get('/'), await server().get('/nowhere'), await server().get('/items?page=x')];
    for (const { headers, text } of answers) {
      expect(headers['content-type']).toBe('application/json');
      expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
      expect(headers['cache-control']).toBe('no-store');
    }
  });

  it('without a body has no length', async () => {
    const answer = await admin.delete(`/items/${(await anItem()).id}`);
    expect([answer.status, answer.text, answer.headers['content-length']]).toEqual([204, '', undefined]);
  });
});

describe('X-Process-Time', () => {
  it('grows with the work', async () => {
    const [quick, slow] = [
      await server().get('/health/live'),
      await server().post('/auth/token').type('form').send('username=a&password=b'),
    ];
    expect(Number(slow.headers['x-process-time'])).toBeGreaterThan(Number(quick.headers['x-process-time']));
    expect(Number(slow.headers['x-process-time'])).toBeLessThan(60);
  });
});

describe('X-Request-ID', () => {
  it.each(['a', 'Ab.9_-', 'x'.repeat(64), '6a5a6182-0c1f-4c1e-8d1a-0123456789ab'])(
    'of the client is kept: %s',
    async (id) => {
      const answer = await server().get('/nowhere').set('X-Request-ID', id);
      expect(answer.headers['x-request-id']).toBe(id);
    },
  );

  it.each(['', 'a b', 'x'.repeat(65), 'a/b', '<script>', 'é', 'a"', "' or 1=1", 'a,b'])(
    'is made anew for %j',
    async (id) => {
      const answer = await raw(rawRequest('GET /', { 'X-Request-ID': id, Connection: 'close' }));
      expect(answer.status).toBe(200);
      expect(answer.headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
    },
  );

  it('is in the line of the log', async () => {
    await server().get('/items/999999').set('X-Request-ID', 'look-for-me');
    const lines = logs.filter(({ request_id }) => request_id === 'look-for-me');
    expect(lines).toMatchObject([{ msg: 'request', method: 'GET', route: '/items/:item_id', status: 404 }]);
  });
});

describe('the log', () => {
  it('holds no header, no body and no path parameter', async () => {
    await server()
      .get('/items/999999?search=q-in-query')
      .set('Authorization', 'Bearer hush-hush')
      .set('X-A', 'h-in-header');
    await server().post('/users').send({ email: 'b-in-body' });
    for (const secret of ['q-in-query', 'hush-hush', 'h-in-header', 'b-in-body', '999999']) {
      expect(JSON.stringify(logs)).not.toContain(secret);
    }
  });

  it('names the caller', async () => {
    await user.get('/profile').set('X-Request-ID', 'who-was-it');
    expect(logs.find(({ request_id }) => request_id === 'who-was-it')).toMatchObject({
      user_id: user.id,
      route: '/profile',
    });
  });
});
