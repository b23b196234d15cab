import request from 'supertest';
import { anon, world } from '../support/world.js';

const APP = 'https://myapp.com';
const server = () => request(baseUrl);

describe('the response headers that a page may read', () => {
  it('include all documented headers and all other headers that are sent', async () => {
    const exposed = exposedBy((await server().get('/').set('Origin', APP)).headers);
    const documented = headersIn(JSON.parse(openapi)).map((name) => name.toLowerCase());
    expect(documented.length).toBeGreaterThan(10);
    expect(documented.filter((name) => !exposed.has(name) && !SAFELISTED.has(name))).toEqual([]);
    const { admin } = await world();
    const answers = [
      await admin.get('/items'),
      await admin.post('/items', { name: 'Lamp', price_cents: 1, stock: 1 }),
      await admin.get('/export'),
      await admin.patch('/items'),
      await anon.get('/profile'),
      await anon.post('/auth/token'),
    ];
    const sent = new Set(answers.flatMap(({ headers }) => Object.keys(headers)));
    expect([...sent].filter((name) => !exposed.has(name) && !SAFELISTED.has(name) && !OF_TRANSPORT.has(name))).toEqual(
      [],
    );
  });
});

/** https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name */
const SAFELISTED = new Set([
  'cache-control',
  'content-language',
  'content-length',
  'content-type',
  'expires',
  'last-modified',
  'pragma',
]);

/** Headers for the browser, caches or the connection, not for pages. */
const OF_TRANSPORT = new Set([
  'access-control-allow-credentials',
  'access-control-expose-headers',
  'connection',
  'content-security-policy',
  'cross-origin-resource-policy',
  'date',
  'keep-alive',
  'referrer-policy',
  'transfer-encoding',
  'vary',
  'x-content-type-options',
]);

function exposedBy(headers: Record<string, string>): Set<string> {
  return new Set(headers['access-control-expose-headers']!.toLowerCase().split(','));
}

/** Returns the names of all headers in a part of the document. */
function headersIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    headersIn(value).concat(key === 'headers' ? Object.keys(value as object) : []),
  );
}

const lines = (logs: readonly Record<string, unknown>[]) =>
  logs.map(({ msg }) => String(msg)).filter((msg) => msg.includes('CORS_ORIGINS'));

describe('the log entry for a refused CORS origin', () => {
  it.each([
    ['no origins are configured', '', 'CORS_ORIGINS is empty'],
    [
      'other origins are configured',
      'https://a.example,https://b.example',
      'CORS_ORIGINS contains only https://a.example, https://b.example',
    ],
  ])('is written once per origin in development, with the reason, if %s', async (_, CORS_ORIGINS, reason) => {
    const app = await startApp({ env: { CORS_ORIGINS } });
    const origins = ['http://localhost:3000', 'null', 'https://A.example', `https://${'x'.repeat(500)}.example`];
    for (const origin of [...origins, ...origins]) await request(app.url).get('/items').set('Origin', origin);
    await request(app.url)
      .options('/items')
      .set({ Origin: 'http://localhost:5173', 'Access-Control-Request-Method': 'PUT' });
    const named = [...origins, 'http://localhost:5173'].map((origin) => JSON.stringify(origin.slice(0, 200)));
    expect(lines(app.logs)).toEqual(
      named.map((origin) => `Pages of the origin ${origin} cannot read the responses: ${reason}`),
    );
    await app.stop();
  });

  it('is not written for allowed origins, for pages served by Aerie, or without an Origin header', async () => {
    const app = await startApp({});
    await request(app.url).get('/').set('Origin', APP);
    await request(app.url).get('/').set('Origin', app.url);
    await request(app.url).get('/');
    expect(lines(app.logs)).toEqual([]);
    await app.stop();
  });

  it('is written at most 100 times, so that clients cannot flood the log', async () => {
    const app = await startApp({});
    for (let i = 0; i < 120; i++) await request(app.url).get('/').set('Origin', `https://${i}.example`);
    expect(lines(app.logs)).toHaveLength(100);
    await app.stop();
  });

  it('is not written in production', async () => {
    const app = await startApp({ env: { NODE_ENV: 'production' } });
    await request(app.url).get('/').set('Origin', 'https://evil.example');
    expect(lines(app.logs)).toEqual([]);
    await app.stop();
  });
});
