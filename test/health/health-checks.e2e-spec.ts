import { readFileSync } from 'node:fs';
import request from 'supertest';
import { anItem } from '../support/factories.js';
import { whileLocked } from '../support/races.js';
import { raw } from '../support/raw.js';
import { world } from '../support/world.js';

const ALLOW = 'GET, HEAD, OPTIONS';

describe('a health check of a load balancer without a configured path', () => {
  it.each([
    ['HAProxy', 'OPTIONS / HTTP/1.0\r\n\r\n'],
    ['HAProxy with a host name', 'OPTIONS / HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n\r\n'],
    ['HAProxy with an IP address', 'OPTIONS / HTTP/1.1\r\nHost: 10.0.0.7:8000\r\n\r\n'],
    ['HAProxy since 2.2', 'OPTIONS / HTTP/1.0\r\nUser-Agent: HAProxy\r\nContent-Length: 0\r\n\r\n'],
    ['a request with a query', 'OPTIONS /?check=1 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a request with an absolute URL', 'OPTIONS http://api.example.com HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a browser request that is not a preflight', 'OPTIONS / HTTP/1.1\r\nHost: a\r\nOrigin: https://myapp.com\r\n\r\n'],
  ])('gets 204 for OPTIONS: %s', async (_who, bytes) => {
    const { status, body, headers } = await raw(bytes);
    expect([status, body, headers['allow']]).toEqual([204, '', ALLOW]);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', vary: expect.stringContaining('Origin') });
    expect(headers).toHaveProperty('x-request-id');
  });

  it.each(['GET / HTTP/1.0\r\n\r\n', 'HEAD / HTTP/1.0\r\n\r\n', 'GET /health/live HTTP/1.0\r\n\r\n'])(
    'gets 200: %j',
    async (bytes) => expect((await raw(bytes)).status).toBe(200),
  );

  it.each([
    ['OPTIONS /items HTTP/1.0\r\n\r\n', 405],
    ['OPTIONS /nowhere HTTP/1.0\r\n\r\n', 404],
    ['OPTIONS * HTTP/1.0\r\n\r\n', 404],
    ['OPTIONS // HTTP/1.0\r\n\r\n', 404],
    ['TRACE / HTTP/1.0\r\n\r\n', 405],
    ['POST / HTTP/1.0\r\n\r\n', 405],
  ])('gets an error for other requests: %j', async (bytes, status) => expect((await raw(bytes)).status).toBe(status));

  it('gets 204 for OPTIONS even if the server is overloaded', async () => {
    const app = await startApp({ env: { MAX_IN_FLIGHT: '1', MAX_QUEUED: '0' } });
    const { user } = await world();
    const item = await anItem({ stock: 100 });
    const order = () =>
      user
        .at(app.url)
        .post('/orders', { item_id: item.id, quantity: 1 })
        .then((answer) => answer);
    const { result } = await whileLocked(
      `select from items where id = ${item.id} for update`,
      () => [order()],
      async () => [await request(app.url).get('/'), await request(app.url).options('/')],
    );
    expect(result.map(({ status }) => status)).toEqual([503, 204]);
    await app.stop();
  });

  it('is treated as a CORS preflight if it has Access-Control-Request-Method', async () => {
    const preflight = request(baseUrl).options('/');
    const { headers } = await preflight.set({ Origin: 'https://myapp.com', 'Access-Control-Request-Method': 'GET' });
    expect(headers).toMatchObject({ 'access-control-allow-origin': 'https://myapp.com' });
    expect(headers).not.toHaveProperty('allow');
  });
});

it('the OpenAPI document does not describe OPTIONS /', () => {
  const { paths } = JSON.parse(readFileSync('openapi.json', 'utf8')) as { paths: Record<string, object> };
  expect(Object.keys(paths['/']!)).toEqual(['get']);
});
