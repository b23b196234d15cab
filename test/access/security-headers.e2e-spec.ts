import request from 'supertest';
import { query } from '../support/database.js';
import { anExport, anItem, anOrder } from '../support/factories.js';
import { whileLocked } from '../support/races.js';
import { raw, request as rawRequest } from '../support/raw.js';
import { type Actor, aUser, world } from '../support/world.js';

const server = () => request(baseUrl);

let admin: Actor;
let user: Actor;
let file: string;

beforeAll(async () => {
  ({ admin, user } = await world());
  file = `/exports/${(await anExport(user.id, Buffer.from('a,b'))).id}/file`;
});

type Answered = Promise<{ status: number; headers: Readonly<Record<string, string>> }>;

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
  [206, () => user.get(file).set('Range', 'bytes=0-0')],
  [304, async () => notModified()],
  [307, () => server().get('/docs/')],
  [400, () => raw(rawRequest('GET /', { Host: 'a/b' }))],
  [400, () => server().post('/auth/refresh').send({ refresh_token: 'no' })],
  [401, () => server().get('/profile')],
  [403, () => user.get('/users')],
  [404, () => server().get('/nowhere')],
  [404, () => server().get('/items/999999')],
  [405, () => server().delete('/')],
  [409, async () => admin.delete(`/items/${(await anOrder({ user_id: user.id })).item_id}`)],
  [412, async () => admin.patch(`/items/${(await anItem()).id}`, {}).set('If-Match', '"7"')],
  [
    413,
    () =>
      server()
        .post('/users')
        .send({ a: 'x'.repeat(100_000) }),
  ],
  [414, () => server().get(`/?${'x'.repeat(9000)}`)],
  [415, () => server().post('/users').type('text/plain').send('a')],
  [416, () => user.get(file).set('Range', 'bytes=9-')],
  [417, () => raw(rawRequest('GET /', { Expect: 'wonders' }))],
  [422, () => server().get('/items?page=x')],
  [428, async () => admin.put(`/items/${(await anItem()).id}`, { name: 'Lamp', price_cents: 1, stock: 1 })],
  [429, async () => guessed()],
  [500, async () => brokenUser()],
  [503, async () => lockedItem()],
  [503, async () => overloaded()],
];

async function notModified(): Answered {
  const script = /(?:src|href)="([^"]*\/assets\/[^"]+)"/.exec((await server().get('/docs')).text)![1]!;
  const path = new URL(script, `${baseUrl}/docs`).pathname;
  const { headers } = await server().get(path);
  return server().get(path).set('If-None-Match', headers['etag']!);
}

/** Requests an account that violates its response model: see response-models.e2e-spec.ts. */
async function brokenUser(): Answered {
  const broken = await aUser();
  await query(`update users set role = 'root' where id = $1`, [broken.id]);
  expectServerErrors();
  return admin.get(`/users/${broken.id}`);
}

/** Orders an item that another connection locks for longer than a request waits. */
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

/** Fails to sign in so often that the account has to wait. */
async function guessed(): Answered {
  const app = await startApp({ env: { AUTH_FREE_FAILURES: '1' } });
  const guess = () => request(app.url).post('/auth/token').type('form').send({ username: 'a', password: 'a' });
  const answers = [await guess(), await guess(), await guess()];
  await app.stop();
  return answers.find(({ status }) => status === 429)!;
}

/** Sends a request while an order that waits for its item occupies the only slot. */
async function overloaded(): Answered {
  const app = await startApp({ env: { MAX_IN_FLIGHT: '1', MAX_QUEUED: '0' } });
  const { id } = await anItem();
  const order = () => [
    user
      .at(app.url)
      .post('/orders', { item_id: id, quantity: 1 })
      .then((answer) => answer),
  ];
  const ask = async () => request(app.url).get('/items');
  const { result } = await whileLocked(`select from items where id = ${id} for update`, order, ask);
  await app.stop();
  return result;
}

describe('every response', () => {
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

  it('is tested here for every documented status', () => {
    const { paths } = JSON.parse(openapi) as { paths: Record<string, Record<string, { responses?: object }>> };
    const operations = Object.values(paths).flatMap((path) => Object.values(path));
    const documented = new Set(operations.flatMap(({ responses = {} }) => Object.keys(responses).map(Number)));
    expect([...documented].filter((status) => CASES.every(([seen]) => seen !== status))).toEqual([]);
  });
});

describe('a request that the HTTP server rejects', () => {
  it.each([
    [400, 'nonsense\r\n\r\n'],
    [400, 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n'],
    [431, rawRequest('GET /', { 'X-Long': 'x'.repeat(20_000) })],
  ])('is answered with the security headers: %i', async (status, bytes) => {
    const answer = await raw(bytes);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({ ...SECURITY, 'cache-control': 'no-store', connection: 'close' });
    expect(answer.headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(Date.parse(answer.headers['date']!)).not.toBeNaN();
  });
});

describe('the documentation pages', () => {
  it.each(['/docs', '/redoc', '/docs/oauth2-redirect'])('load nothing from other origins: %s', async (path) => {
    const { headers, text } = await server().get(path);
    const policy = headers['content-security-policy']!.split('; ');
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]),
    );
    expect(policy.join(' ')).not.toMatch(/https?:|\*|unsafe-eval/);
    expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(text).not.toMatch(/<script(?![^>]* src=)/);
  });
});
