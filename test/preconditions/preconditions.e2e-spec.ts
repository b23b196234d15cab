import { query } from '../support/database.js';
import { anItem, anOrder, aPost } from '../support/factories.js';
import { everything } from '../support/keys.js';
import { documenting, isList, OPERATIONS, send, type Operation } from '../support/operations.js';
import { SUBJECTS } from '../support/resources.js';
import { anOwner, rolesOf, subjectOf } from '../support/subjects.js';
import { anon, type Actor } from '../support/world.js';

let admin: Actor;
let user: Actor;

beforeAll(async () => {
  [admin, user] = await Promise.all([anOwner('admin'), anOwner()]);
});

const isRead = ([, { method }]: readonly [string, Operation]) => method === 'get';
const READS = documenting(412).filter(isRead);
const WRITES = documenting(412).filter((one) => !isRead(one));

/** Sends a valid request with these headers to an operation, for a new row each time. */
async function ask(operation: Operation, headers: Record<string, string>) {
  const owner = await anOwner(rolesOf(operation)[0]);
  const sample = await subjectOf(operation, owner);
  const again = (more: Record<string, string>) =>
    send(owner, operation, { ...sample, headers: { ...sample.headers, ...more } });
  return { owner, sample, again, answer: await again(headers) };
}

/** Operations that have an ETag although their path names no row of a table with a version column. */
const OTHERS = ['GET /users/me', 'GET /profile', 'PATCH /profile', 'GET /exports/{export_id}/file'];

/** Returns the operations on one row of a table with a version column, by the tables of test/*.resource.ts. */
async function onVersionedRows(): Promise<string[]> {
  const found = await query<{ table: string }>(
    `select table_name as table from information_schema.columns where table_schema = 'public' and column_name = 'version'`,
  );
  const tables = new Set(found.map(({ table }) => table));
  const names = Object.keys(SUBJECTS).filter((name) => tables.has(SUBJECTS[name]!.table));
  const ofOne = OPERATIONS.filter(
    ({ method, path }) => method !== 'post' && names.some((one) => path.endsWith(`/{${one}}`)),
  );
  return ofOne.map(({ key }) => key);
}

describe('an ETag', () => {
  it('is documented for exactly the versioned rows and the files', async () => {
    const expected = new Set([...(await onVersionedRows()), ...OTHERS]);
    const documented = new Set(documenting(412).map(([key]) => key));
    const without = [...expected].filter((key) => !documented.has(key));
    expect(
      without.map((key) => `${key}: put @Versioned(Entity) on the model that the GET of its path answers`),
    ).toEqual([]);
    expect([...documented].filter((key) => !expected.has(key))).toEqual([]);
    expect(documenting(304)).toEqual(READS);
    expect(READS.length).toBeGreaterThan(5);
    expect(WRITES.length).toBeGreaterThan(5);
  });

  it.each(OPERATIONS.filter(isList).map(({ path }) => path))('is not sent for a list: GET %s', async (path) => {
    const answer = await admin
      .get(path.replaceAll(/\{\w+\}/g, String(user.id)))
      .set('If-None-Match', '*')
      .set('If-Match', '"0"');
    expect([answer.status, answer.headers['etag']]).toEqual([200, undefined]);
  });
});

const isDigest = (tag: string) => tag.length > 60;

describe.each(READS)('%s', (_key, operation) => {
  it('returns 304 without a body if If-None-Match matches', async () => {
    const { answer, again } = await ask(operation, {});
    const tag = answer.headers['etag']!;
    expect(tag).toMatch(/^"[\da-f]+(?:-\d+)?"$/); // a version or a file's digest
    for (const value of [tag, `W/${tag}`, `"x", ${tag}`, '*', `${tag.slice(0, -1)}-gzip"`]) {
      const { status, text, headers } = await again({ 'If-None-Match': value });
      // Caches find their entry by the tag of a 304. Files are never compressed, so their tags are never weak.
      const kept = value.startsWith('W/') && !isDigest(tag) ? value : tag;
      expect([value, status, text, headers['etag']]).toEqual([value, 304, '', kept]);
      expect(headers['cache-control']).toBe('private, no-cache');
      expect(headers['vary']).toMatch(/^Origin\b/);
      expect(headers['vary']!.split(', ').toSorted()).toEqual(answer.headers['vary']!.split(', ').toSorted());
      expect(headers).not.toHaveProperty('content-type');
    }
  });

  it('returns the whole body if If-None-Match does not match', async () => {
    const { answer, again } = await ask(operation, {});
    const fresh = await again({ 'If-None-Match': '"0", W/"0"' });
    expect([fresh.status, fresh.text]).toEqual([200, answer.text]);
  });

  it('returns 412 if If-Match does not match, even if If-None-Match does', async () => {
    const { answer, again } = await ask(operation, { 'If-Match': '"0"' });
    expect([answer.status, answer.body]).toEqual([412, { detail: 'The resource has changed since you read it' }]);
    expect((await again({ 'If-Match': '"0"', 'If-None-Match': '*' })).status).toBe(412);
    expect((await again({ 'If-Match': '*' })).status).toBe(200);
  });
});

describe.each(WRITES)('%s', (_key, operation) => {
  it.each<[string, Record<string, string>]>([
    ['another version', { 'If-Match': '"0", "99"' }],
    ['a weak tag of another version', { 'If-Match': 'W/"2", W/"11", "2-gzip"' }],
    ['an invalid tag', { 'If-Match': '1' }],
    ['a resource that must not exist', { 'If-Match': '*', 'If-None-Match': '*' }],
  ])('returns 412 and changes nothing for a precondition on %s', async (_what, headers) => {
    const owner = await anOwner(rolesOf(operation)[0]);
    const sample = await subjectOf(operation, owner);
    const before = await everything();
    const answer = await send(owner, operation, { ...sample, headers });
    expect([answer.status, answer.body]).toEqual([412, { detail: 'The resource has changed since you read it' }]);
    expect(await everything()).toEqual(before);
  });

  it.each(['"1"', '*', '"0", "1"', 'W/"1"', '"0", W/"1"', '"1-gzip"'])(
    'succeeds if If-Match matches the version: %s',
    async (value) => {
      const { answer } = await ask(operation, { 'If-Match': value });
      expect([answer.status, answer.text]).toEqual([operation.method === 'delete' ? 204 : 200, expect.any(String)]);
    },
  );
});

describe('the response to a write', () => {
  const made = { name: 'Lamp', price_cents: 100, stock: 5 };

  it('has the ETag of the new version', async () => {
    const { headers, body } = await admin.post('/items', made);
    const path = `/items/${(body as { id: number }).id}`;
    expect(headers['etag']).toBe((await anon.get(path)).headers['etag']);
    const patched = await admin.patch(path, { stock: 4 }).set('If-Match', headers['etag']!);
    expect(patched.headers['etag']).not.toBe(headers['etag']);
    expect(patched.headers['etag']).toBe((await anon.get(path)).headers['etag']);
    expect((await admin.patch(path, { stock: 3 }).set('If-Match', headers['etag']!)).status).toBe(412);
  });

  it('has the same ETag if nothing changes', async () => {
    const item = await anItem();
    const answer = await admin.patch(`/items/${item.id}`, {}).set('If-Match', '"1"');
    expect([answer.status, answer.headers['etag']]).toEqual([200, '"1"']);
  });

  it('has no ETag for a PUT, because the body is not stored unchanged (RFC 9110 §9.3.4)', async () => {
    const item = await anItem();
    const answer = await admin.put(`/items/${item.id}`, made).set('If-Match', '"1"');
    expect([answer.status, answer.headers['etag']]).toEqual([200, undefined]);
    expect((await anon.get(`/items/${item.id}`)).headers['etag']).toBe('"2"');
  });
});

const tagOf = async (path: string) => (await admin.get(path)).headers['etag'];

describe('the version of a row changes with', () => {
  it('an order and its cancellation, because the stock is part of the item', async () => {
    const item = await anItem();
    const { body } = await user.post('/orders', { item_id: item.id, quantity: 1 });
    expect(await tagOf(`/items/${item.id}`)).toBe('"2"');
    await user.post(`/orders/${(body as { id: number }).id}/cancellation`);
    expect(await tagOf(`/items/${item.id}`)).toBe('"3"');
    expect(await tagOf(`/orders/${(body as { id: number }).id}`)).toBe('"2"');
  });

  it('the deletion of an account, because its orders lose their owner', async () => {
    const owner = await anOwner();
    const order = await anOrder({ user_id: owner.id });
    await owner.delete(`/users/${owner.id}`);
    expect(await tagOf(`/orders/${order.id}`)).toBe('"2"');
  });

  it('any SQL statement, and restarts at 1 before its column overflows', async () => {
    const post = await aPost(user.id);
    await query('alter table posts disable trigger posts_version');
    await query('update posts set version = 2147483647 where id = $1', [post.id]);
    await query('alter table posts enable trigger posts_version');
    await query(`update posts set title = 'By hand' where id = $1`, [post.id]);
    expect(await tagOf(`/api/v1/posts/${post.id}`)).toBe('"1"');
  });
});

describe('PUT /items/{item_id}', () => {
  const whole = { name: 'Lamp', price_cents: 100, stock: 5 };

  it('returns 428 without If-Match', async () => {
    const item = await anItem();
    const answer = await admin.put(`/items/${item.id}`, whole);
    expect([answer.status, answer.body]).toEqual([
      428,
      { detail: 'Send If-Match with the ETag of the version that you read' },
    ]);
  });

  it('replaces the whole item', async () => {
    const item = await anItem();
    await admin.patch(`/items/${item.id}`, { description: 'Warm' });
    const { body } = await admin.put(`/items/${item.id}`, whole).set('If-Match', '"2"');
    expect(body).toMatchObject({ id: item.id, ...whole, description: null });
  });

  it('checks the precondition after authentication, permission, validation and existence', async () => {
    const item = await anItem();
    const tried = [
      await anon.put(`/items/${item.id}`, {}).set('If-Match', '"0"'),
      await user.put(`/items/${item.id}`, {}).set('If-Match', '"0"'),
      await admin.put(`/items/${item.id}`, {}).set('If-Match', '"0"'),
      await admin.put('/items/999999', whole),
    ];
    expect(tried.map(({ status }) => status)).toEqual([401, 403, 422, 404]);
  });
});

it('of two concurrent changes to the same version, one succeeds and the other gets 412', async () => {
  const item = await anItem({ stock: 0 });
  for (let round = 1; round <= 40; round++) {
    const racers = [1, 2].map((racer) =>
      admin.patch(`/items/${item.id}`, { stock: round * 10 + racer }).set('If-Match', `"${round}"`),
    );
    const answers = await Promise.all(racers);
    const won = answers.find(({ status }) => status === 200);
    const lost = answers.find(({ status }) => status === 412);
    expect([won, lost]).toEqual([expect.anything(), expect.anything()]);
    expect((await anon.get(`/items/${item.id}`)).body).toEqual(won!.body);
  }
});

it('an operation that does not address a single resource ignores preconditions', async () => {
  const item = await anItem();
  const order = { item_id: item.id, quantity: 1 };
  expect((await user.post('/orders', order).set('If-Match', '"0"').set('If-None-Match', '*')).status).toBe(201);
  expect(OPERATIONS.length).toBeGreaterThan(READS.length + WRITES.length);
});
