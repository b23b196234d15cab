import request from 'supertest';
import { anItem } from '../support/factories.js';
import { linksOf } from '../support/links.js';
import { raw } from '../support/raw.js';
import { type Actor, world } from '../support/world.js';

interface Document {
  servers: { url: string }[];
  components: { securitySchemes: { OAuth2PasswordBearer: { flows: { password: Record<string, string> } } } };
}

let app: RunningApp;
let user: Actor;

beforeAll(async () => {
  app = await startApp({ env: { TRUST_PROXY: '2' } });
  user = (await world()).user.at(app.url);
  await anItem();
  await anItem();
});
afterAll(() => app.stop());

/** Requests Aerie with this prefix and returns the prefixes of all URLs in its answers. */
async function prefixesTold(given: string, of = app): Promise<string[]> {
  const head = { 'X-Forwarded-Prefix': given };
  const actor = user.at(of.url);
  const list = await actor.get('/items?limit=1').set(head);
  const posted = await actor.post('/api/v1/posts', { title: 'T', body: 'B' }).set(head);
  const posts = await actor.get('/api/v1/posts?limit=1').set(head);
  const { servers, components } = (await request(of.url).get('/openapi.json').set(head)).body as Document;
  const { tokenUrl, refreshUrl } = components.securitySchemes.OAuth2PasswordBearer.flows.password;
  return [
    linksOf(list).first!.replace('/items?limit=1', ''),
    linksOf(list).next!.replace(/\/items\?limit=1&after=.*$/, ''),
    linksOf(posts).first!.replace('/api/v1/posts?limit=1', ''),
    posted.headers['location']!.replace(`/api/v1/posts/${posted.body.id}`, ''),
    servers[0]!.url.replace(/^\/$/, ''),
    tokenUrl!.replace('/auth/token', ''),
    refreshUrl!.replace('/auth/token', ''),
  ];
}

const seven = (prefix: string) => Array.from({ length: 7 }, () => prefix);

it.each([
  ['/api', '/api'],
  ['/api/', '/api'],
  ['/', ''],
  ['/outer, /inner', '/outer/inner'],
  ['/evil, /outer, /inner', '/outer/inner'],
  ['/a.b-c_d~1', '/a.b-c_d~1'],
])('X-Forwarded-Prefix: %s puts the prefix "%s" before every URL in the responses', async (given, prefix) => {
  expect(await prefixesTold(given)).toEqual(seven(prefix));
});

it.each([
  '//evil.example',
  'http://evil.example',
  '/a/../b',
  '/a?b',
  '/"><script>',
  '/a b',
  `/${'a'.repeat(300)}`,
  'api',
])('X-Forwarded-Prefix: %s is invalid and ignored', async (given) => {
  expect(await prefixesTold(given)).toEqual(seven(''));
});

it('X-Forwarded-Prefix is ignored if no proxy is trusted', async () => {
  const open = await startApp();
  try {
    expect(await prefixesTold('/api', open)).toEqual(seven(''));
  } finally {
    await open.stop();
  }
});

it('X-Forwarded-Prefix changes neither the routes nor the route in the log', async () => {
  const head = { 'X-Forwarded-Prefix': '/api' };
  expect((await user.get('/api/items').set(head)).status).toBe(404);
  const id = 'by-a-prefix';
  await user.get('/items?limit=1').set({ ...head, 'X-Request-ID': id });
  expect(app.logs.find(({ request_id }) => request_id === id)).toMatchObject({ route: '/items', status: 200 });
});

async function serverFor(prefix: string): Promise<string> {
  const { body } = await request(app.url).get('/openapi.json').set('X-Forwarded-Prefix', prefix);
  return (body as Document).servers[0]!.url;
}

it('the OpenAPI document contains the prefix of each request when the prefixes alternate', async () => {
  const asked = ['/a', '/b', '/a', '/', '/b', '//c'];
  const told: string[] = [];
  for (const prefix of asked) told.push(await serverFor(prefix));
  expect(told).toEqual(['/a', '/b', '/a', '/', '/b', '/']);
});

describe('the host in the headers or the target of a request', () => {
  const HOSTS = { Host: 'evil.example', 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'evil' };
  const OTHERS = { Forwarded: 'host=evil.example;proto=evil', 'X-Original-URL': '/evil', 'X-Rewrite-URL': '/evil' };

  it.each([
    '/',
    '/docs',
    '/docs/',
    '/docs/?next=1',
    '/redoc/',
    '/openapi.json/',
    '/docs/oauth2-redirect/',
    '/docs/oauth2-redirect',
    '/openapi.json',
    '/items?limit=1',
    '/api/v1/posts/?limit=1',
    '/health/ready',
    '/nowhere',
    '/users',
    '/items?page=x',
  ])('does not appear in the response to %s', async (path) => {
    for (const server of [app.url, baseUrl]) {
      const { status, text, headers } = await request(server)
        .get(path)
        .set({ ...HOSTS, ...OTHERS });
      expect(status).toBeLessThan(500);
      expect(`${text} ${JSON.stringify(headers)}`).not.toMatch(/evil/);
    }
  });

  it('does not appear in the Location header of a created resource', async () => {
    const made = await user.post('/api/v1/posts', { title: 'T', body: 'B' }).set(HOSTS);
    expect(made.headers['location']).toBe(`/api/v1/posts/${made.body.id}`);
  });

  it('does not appear in the response to an absolute request target', async () => {
    for (const target of [
      'http://evil.example/docs/',
      'HTTPS://evil.example:1/redoc/?a',
      'http://evil.example/nowhere',
    ]) {
      const { status, text } = await raw(`GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
      expect([307, 404]).toContain(status);
      expect(text).not.toMatch(/evil/);
    }
  });
});
