import type { Page } from 'playwright-core';
import { findChromium, launch } from '../docs/browser.js';
import { OPERATIONS, send, type Operation } from '../support/operations.js';
import { anOwner, rolesOf, subjectOf } from '../support/subjects.js';
import { aUser, world, type Actor } from '../support/world.js';

/** Sends a valid request to an operation. */
async function good(operation: Operation, headers: Record<string, string> = {}) {
  const owner = await anOwner(rolesOf(operation)[0]);
  const sample = await subjectOf(operation, owner);
  return send(owner, operation, { ...sample, headers: { ...sample.headers, ...headers } });
}

const named = (operations: readonly Operation[]) => operations.map((operation) => [operation.key, operation] as const);
const READS = OPERATIONS.filter(({ method }) => method === 'get');
const isTagged = ({ responses }: Operation) => '304' in responses;
const isPublic = ({ security }: Operation) => security === undefined;

const varied = ({ headers }: { headers: Record<string, string> }) => headers['vary']!.split(', ').toSorted();

describe('a response with an entity tag may be stored, but must be revalidated before each use', () => {
  it.each(named(READS.filter(isTagged)))('%s', async (_, operation) => {
    const { status, headers } = await good(operation);
    expect([status, headers['cache-control']]).toEqual([200, 'private, no-cache']);
    const vary = varied({ headers });
    expect(vary).toContain('Origin');
    expect(vary.includes('Authorization')).toBe(!isPublic(operation)); // else users could see each other's responses
  });
});

describe('a response without an entity tag has Cache-Control: no-store', () => {
  it.each(named(READS.filter((operation) => !isTagged(operation))))('%s', async (_, operation) => {
    const { headers } = await good(operation);
    expect([headers['etag'], headers['cache-control']]).toEqual([undefined, 'no-store']);
  });

  it('as do responses to writes, responses with secrets, and errors', async () => {
    const { user, admin } = await world();
    const responses = [
      await user.patch('/profile', { bio: 'x' }),
      await user.post('/api/v1/posts', { title: 'T', body: 'B' }),
      await user.post('/auth/access-tokens', { name: 'x', scope: 'read', expires_in_days: 1 }),
      await user.get('/items/999999'),
      await user.get('/items/x'),
      await user.get('/profile').set('If-Match', '"0"'),
      await admin.get(`/users/${user.id}`).set('Authorization', 'Bearer x'),
    ];
    expect(responses.map(({ status }) => status)).toEqual([200, 201, 201, 404, 422, 412, 401]);
    for (const { headers } of responses) expect(headers['cache-control']).toBe('no-store');
  });
});

it('a 304 has the same Cache-Control and Vary headers as the 200', async () => {
  const operation = OPERATIONS.find(({ key }) => key === 'GET /items/{item_id}')!;
  const [whole, unchanged] = [await good(operation), await good(operation, { 'If-None-Match': '*' })];
  expect(unchanged.status).toBe(304);
  expect(unchanged.headers['cache-control']).toBe(whole.headers['cache-control']);
  expect(varied(unchanged)).toEqual(varied(whole));
});

it('Vary keeps the values set by other middleware', async () => {
  const { user } = await world();
  const { headers } = await user.get('/profile').set('Origin', 'https://myapp.com');
  expect(varied({ headers })).toEqual(['Accept-Encoding', 'Authorization', 'Origin']);
  expect(headers['access-control-allow-origin']).toBe('https://myapp.com');
});

it('a URL that returns the account of the caller has a different entity tag for each caller', async () => {
  const [ann, bob] = [await aUser(), await aUser()];
  for (const path of ['/profile', '/users/me']) {
    const tag = (await ann.get(path)).headers['etag']!;
    expect(tag).toBe(`"1-${ann.id}"`);
    const others = await bob.get(path).set('If-None-Match', tag);
    expect([others.status, others.body.email, others.headers['etag']]).toEqual([200, bob.email, `"1-${bob.id}"`]);
    expect((await ann.get(path).set('If-None-Match', `W/${tag}`)).status).toBe(304);
  }
  expect((await ann.get(`/users/${ann.id}`)).headers['etag']).toBe('"1"');
});

it('If-Match accepts both a tag for one caller and a tag with the version only', async () => {
  const ann = await aUser();
  const version = async (path: string) => (await ann.get(path)).headers['etag']!;
  const set = async (tag: string) => (await ann.patch('/profile', { bio: tag }).set('If-Match', tag)).status;
  expect([await set('"2"'), await set(`"2-${ann.id}"`)]).toEqual([412, 412]);
  expect(await set(await version('/profile'))).toBe(200);
  expect(await set(await version('/users/me'))).toBe(200);
  expect(await set(await version(`/users/${ann.id}`))).toBe(200);
});

const chromium = findChromium();

/** Reads the profile in a page. Returns the status that the server sent, and the email and bio that the page got. */
async function readBy(page: Page, who: Actor) {
  const before = logs.length;
  const body = await page.evaluate(async (token) => {
    const response = await fetch('/profile', { headers: { Authorization: `Bearer ${token}` } });
    return (await response.json()) as { email: string; bio: string | null };
  }, who.token!);
  const line = logs.slice(before).find(({ route }) => route === '/profile');
  return [line!['status'], body.email, body.bio];
}

(chromium ? describe : describe.skip)('a browser', () => {
  it('revalidates its cached response and never shows one account the data of another', async () => {
    const [ann, bob] = [await aUser(), await aUser()]; // both profiles have version 1
    const browser = await launch(chromium!);
    const page = await browser.newPage({ baseURL: baseUrl });
    await page.goto('/docs');
    expect(await readBy(page, ann)).toEqual([200, ann.email, null]);
    expect(await readBy(page, ann)).toEqual([304, ann.email, null]);
    expect(await readBy(page, bob)).toEqual([200, bob.email, null]);
    expect(await readBy(page, bob)).toEqual([304, bob.email, null]);
    await bob.patch('/profile', { bio: 'New' });
    expect(await readBy(page, bob)).toEqual([200, bob.email, 'New']);
    expect(await readBy(page, ann)).toEqual([200, ann.email, null]);
    await browser.close();
  });
});
