import request from 'supertest';
import { anItem } from '../support/factories.js';
import { raw, request as rawRequest } from '../support/raw.js';
import { world } from '../support/world.js';

const NOT_FOUND = { detail: 'Not Found' };
const NOT_ALLOWED = { detail: 'Method Not Allowed' };

const server = () => request(baseUrl);
/** Requests exactly this path. Ordinary clients would normalize it. */
const get = (path: string) => raw(rawRequest(`GET ${path}`, { Connection: 'close' }));

describe('the order of checks', () => {
  const JSON_TYPE = { 'Content-Type': 'application/json' };
  const TOKEN_MISSING = { detail: 'Not authenticated' };

  it('an unknown path is reported before anything else', async () => {
    const answer = await server().post('/nowhere').set(JSON_TYPE).send('{broken');
    expect([answer.status, answer.body]).toEqual([404, NOT_FOUND]);
  });

  it('a wrong method is reported before a missing token and invalid parameters', async () => {
    const answer = await server().patch('/orders/abc').set(JSON_TYPE).send('{broken');
    expect([answer.status, answer.body]).toEqual([405, NOT_ALLOWED]);
  });

  it('malformed JSON is reported before a missing token', async () => {
    const answer = await server().post('/orders').set(JSON_TYPE).send('{broken');
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toMatchObject([{ type: 'json_invalid', loc: ['body', 1], msg: 'JSON decode error' }]);
  });

  it('bytes that are not UTF-8 are reported before a missing token', async () => {
    const bytes = rawRequest('POST /orders', { ...JSON_TYPE, 'Content-Length': '3', Connection: 'close' });
    const { status, body } = await raw(Buffer.concat([Buffer.from(bytes), Buffer.from([0x22, 0xff, 0x22])]));
    expect([status, JSON.parse(body)]).toEqual([400, { detail: 'There was an error parsing the body' }]);
  });

  it('a missing token is reported before invalid parameters, an invalid body and a wrong media type', async () => {
    const answers = [
      await server().get('/users/abc'),
      await server().get('/users?page=x'),
      await server().post('/orders').send({}),
      await server().post('/orders').type('text/plain').send('hello'),
      await server().put('/users/abc').send({}),
    ];
    for (const { status, body } of answers) expect([status, body]).toEqual([401, TOKEN_MISSING]);
  });

  it('a missing role is reported before invalid parameters and an invalid body', async () => {
    const { user } = await world();
    const answers = [await user.get('/users?page=x'), await user.post('/items', {}), await user.patch('/items/x', {})];
    for (const { status, body } of answers) expect([status, body]).toEqual([403, { detail: 'Not enough permissions' }]);
  });

  it('a wrong media type is reported before invalid parameters', async () => {
    const { user } = await world();
    const answer = await user.send('put', '/users/abc').type('text/plain').send('hello');
    expect([answer.status, answer.body]).toEqual([415, { detail: 'Send the body as application/json' }]);
  });

  it('an invalid body is reported before a missing row', async () => {
    const { admin } = await world();
    const answer = await admin.put('/users/2147483647', { user: { name: 'A' }, reason: 'because' });
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toHaveLength(1);
    const good = await admin.put('/users/2147483647', { user: {}, reason: 'because' });
    expect([good.status, good.body]).toEqual([404, { detail: 'User not found' }]);
  });
});

describe('a method that the path does not support', () => {
  it.each([
    ['delete', '/', 'GET, HEAD'],
    ['put', '/items', 'GET, HEAD, POST'],
    ['post', '/items/1', 'DELETE, GET, HEAD, PATCH, PUT'],
    ['delete', '/orders', 'GET, HEAD, POST'],
    ['get', '/auth/token', 'POST'],
    ['put', '/orders/1/cancellation', 'POST'],
    ['post', '/health/live', 'GET, HEAD'],
    ['delete', '/docs', 'GET, HEAD'],
    ['post', '/openapi.json', 'GET, HEAD'],
    ['patch', '/users/1', 'DELETE, GET, HEAD, PUT'],
  ] as const)('%s %s is answered with 405 and Allow: %s', async (method, path, allow) => {
    const answer = await server()[method](path);
    expect([answer.status, answer.body, answer.headers['allow']]).toEqual([405, NOT_ALLOWED, allow]);
  });

  it.each(['TRACE', 'LOCK', 'PROPFIND', 'QUERY', 'OPTIONS'])(
    '%s is answered with 405 on a known path and 404 on an unknown path',
    async (method) => {
      const known = await raw(rawRequest(`${method} /items/1`, { Connection: 'close' }));
      expect([known.status, known.headers['allow']]).toEqual([405, 'DELETE, GET, HEAD, PATCH, PUT']);
      const unknown = await raw(rawRequest(`${method} /nowhere`, { Connection: 'close' }));
      expect([unknown.status, JSON.parse(unknown.body)]).toEqual([404, NOT_FOUND]);
    },
  );
});

describe('HEAD', () => {
  it.each(['/', '/items', '/health/live', '/docs', '/openapi.json'])('mirrors GET %s without a body', async (path) => {
    const plain = { 'Accept-Encoding': 'identity' };
    const [headed, got] = [await server().head(path).set(plain), await server().get(path).set(plain)];
    expect(headed.status).toBe(got.status);
    expect(headed.text ?? '').toBe('');
    for (const name of ['content-type', 'content-length', 'link', 'content-security-policy']) {
      expect([name, headed.headers[name]]).toEqual([name, got.headers[name]]);
    }
  });

  it('mirrors the errors of GET without a body', async () => {
    for (const [path, status] of [
      ['/items/999999', 404],
      ['/users', 401],
      ['/items?page=0', 422],
      ['/nowhere', 404],
    ]) {
      const answer = await server().head(path as string);
      expect([path, answer.status, answer.text ?? '']).toEqual([path, status, '']);
    }
  });

  it('is not allowed where GET is not allowed', async () => {
    const answer = await server().head('/auth/token');
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'POST']);
  });
});

describe('the path', () => {
  it('may end with a slash', async () => {
    const item = await anItem();
    for (const path of ['/items/', `/items/${item.id}/`, '/health/live/', '/api/v1/posts/']) {
      expect([path, (await server().get(path)).status]).toEqual([path, 200]);
    }
    expect((await server().post('/orders/').send({})).status).toBe(401);
    expect((await server().delete('/items/')).headers['allow']).toBe('GET, HEAD, POST');
  });

  it('is percent-decoded before it is matched', async () => {
    const { id } = await anItem();
    for (const path of ['/%69tems', `/items%2F${id}`, `/%69%74ems/%30${id}`, '/items%0A', '/items%2f']) {
      expect([path, (await get(path)).status]).toEqual([path, 200]);
    }
    expect((await get('/items%3Fpage=1')).status).toBe(404);
    expect((await get('/items%23')).status).toBe(404);
  });

  it('is not found if it contains an empty segment', async () => {
    for (const path of ['//', '//items', '/items//', '/items//1', '/users//posts', '/items%2F%2F1']) {
      const { status, body } = await get(path);
      expect([path, status, body]).toEqual([path, 404, JSON.stringify(NOT_FOUND)]);
    }
  });

  it('is case-sensitive, and its dot segments are not resolved', async () => {
    for (const path of [
      '/Items',
      '/items/../users',
      '/./items',
      '/items/.',
      '/items;a=1',
      '/.',
      '/..',
      '/%2e%2e/items',
    ]) {
      expect([path, [404, 422].includes((await get(path)).status)]).toEqual([path, true]);
    }
  });

  it('is answered with a 4xx error if it contains an invalid escape or character', async () => {
    for (const path of [
      '/%',
      '/%zz',
      '/%ff',
      '/%00',
      '/items/%',
      '/items/%ff',
      '/items/%00',
      '/items/%C0%AF',
      '/a%',
      '/%u0041',
      '/items/%ED%A0%80',
    ]) {
      const { status, body } = await get(path);
      expect([path, status >= 400 && status < 500]).toEqual([path, true]);
      expect(JSON.parse(body)).toHaveProperty('detail');
    }
  });

  it('may be at most 8 kB long, including the query', async () => {
    const answer = await server().get(`/items?search=${'x'.repeat(8200)}`);
    expect([answer.status, answer.body]).toEqual([414, { detail: 'The request URL is too long' }]);
  });

  it('may be an absolute URL', async () => {
    expect((await get('http://localhost/items')).status).toBe(200);
  });
});
