import request from 'supertest';
import { anItem } from '../support/factories.js';
import { raw, request as rawRequest } from '../support/raw.js';
import { type Actor, world } from '../support/world.js';

const server = () => request(baseUrl);

let admin: Actor;
let user: Actor;

beforeAll(async () => {
  ({ admin, user } = await world());
});

describe('a response', () => {
  it('with a JSON body has a Content-Type without a charset, a Content-Length and no-store', async () => {
    const answers = [await server().get('/'), await server().get('/nowhere'), await server().get('/items?page=x')];
    for (const { headers, text } of answers) {
      expect(headers['content-type']).toBe('application/json');
      expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
      expect(headers['cache-control']).toBe('no-store');
    }
  });

  it('without a body has no Content-Length', async () => {
    const answer = await admin.delete(`/items/${(await anItem()).id}`);
    expect([answer.status, answer.text, answer.headers['content-length']]).toEqual([204, '', undefined]);
  });
});

describe('X-Process-Time', () => {
  it('is greater for a slower request', async () => {
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
    'from the client is kept: %s',
    async (id) => {
      const answer = await server().get('/nowhere').set('X-Request-ID', id);
      expect(answer.headers['x-request-id']).toBe(id);
    },
  );

  it.each(['', 'a b', 'x'.repeat(65), 'a/b', '<script>', 'é', 'a"', "' or 1=1", 'a,b'])(
    'is replaced with a generated id if the client sends %j',
    async (id) => {
      const answer = await raw(rawRequest('GET /', { 'X-Request-ID': id, Connection: 'close' }));
      expect(answer.status).toBe(200);
      expect(answer.headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
    },
  );

  it('is included in the log line', async () => {
    await server().get('/items/999999').set('X-Request-ID', 'look-for-me');
    const lines = logs.filter(({ request_id }) => request_id === 'look-for-me');
    expect(lines).toMatchObject([{ msg: 'request', method: 'GET', route: '/items/:item_id', status: 404 }]);
  });
});

describe('the log', () => {
  it('contains no headers, bodies, query strings or path parameters', async () => {
    await server()
      .get('/items/999999?search=q-in-query')
      .set('Authorization', 'Bearer hush-hush')
      .set('X-A', 'h-in-header');
    await server().post('/users').send({ email: 'b-in-body' });
    for (const secret of ['q-in-query', 'hush-hush', 'h-in-header', 'b-in-body', '999999']) {
      expect(JSON.stringify(logs)).not.toContain(secret);
    }
  });

  it('contains the user id of the caller and the route', async () => {
    await user.get('/profile').set('X-Request-ID', 'who-was-it');
    expect(logs.find(({ request_id }) => request_id === 'who-was-it')).toMatchObject({
      user_id: user.id,
      route: '/profile',
    });
  });
});
