import request from 'supertest';
import { query } from '../support/database.js';
import { anItem, anOrder, stockOf } from '../support/factories.js';
import {
  above,
  below,
  expectInvalid,
  expectNotAuthenticated,
  expectRefused,
  missing,
  notAnInteger,
  notAString,
  tooLong,
  tooShort,
} from '../support/refusals.js';
import { anon, world } from '../support/world.js';

const FORBIDDEN = 'Not enough permissions';

const auditOf = (subject: string) =>
  query<{ actor_id: number; action: string; details: object }>(
    'select actor_id, action, details from audit_events where subject = $1 order by id',
    [subject],
  );

/** Returns the names that a search finds. */
const namesFor = async (search: string) => {
  const answer = await anon.get(`/items?${new URLSearchParams({ search, limit: '100' }).toString()}`);
  expect(answer.status).toBe(200);
  return (answer.body as { items: { name: string }[] }).items.map(({ name }) => name);
};

describe('GET /items', () => {
  it('returns the items and the pagination in an envelope', async () => {
    const item = await anItem({ name: 'Envelope lamp', stock: 0, price_cents: 2495 });
    const answer = await anon.get('/items?search=envelope');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      pagination: { skip: 0, limit: 10 },
      items: [
        {
          id: item.id,
          name: 'Envelope lamp',
          description: null,
          price_cents: 2495,
          stock: 0,
          in_stock: false,
          created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
        },
      ],
    });
  });

  it('answers HEAD with the headers of GET', async () => {
    await anItem();
    const [got, head] = [await anon.get('/items?limit=1'), await request(baseUrl).head('/items?limit=1')];
    expect(head.status).toBe(200);
    expect(head.headers['link']).toBe(got.headers['link']);
    expect(head.headers['content-length']).toBe(got.headers['content-length']);
    expect(head.text).toBeUndefined();
  });

  it('searches case-insensitively', async () => {
    await anItem({ name: 'Éclair AU Chocolat' });
    expect(await namesFor('éCLAIR au')).toEqual(['Éclair AU Chocolat']);
  });

  it.each([
    ['%', '50% off'],
    ['_', 'snake_case'],
    ['\\', 'back\\slash'],
    ["'", "o'clock"],
  ])('treats %s in a search as a literal character', async (letter, name) => {
    await anItem({ name });
    expect(await namesFor(letter)).toEqual([name]);
  });

  it('ignores an empty search', async () => {
    await anItem();
    expect((await namesFor('')).length).toBeGreaterThan(0);
  });

  it('returns an empty list if no item matches', async () => {
    const answer = await anon.get('/items?search=no-such-thing');
    expect(answer.body).toEqual({ pagination: { skip: 0, limit: 10 }, items: [] });
    expect(answer.headers['link']).toBe('</items?search=no-such-thing>; rel="first"');
  });

  it('refuses a search that is too long or contains U+0000', async () => {
    const long = 'x'.repeat(201);
    expectInvalid(await anon.get(`/items?search=${long}`), tooLong(200, ['query', 'search'], long));
    const msg = 'Value error, The character U+0000 is not allowed';
    expectInvalid(await anon.get('/items?search=a%00'), {
      type: 'value_error',
      loc: ['query', 'search'],
      msg,
      input: 'a\0',
      ctx: { error: {} },
    });
  });
});

describe('GET /items/{item_id}', () => {
  it('shows an item', async () => {
    const item = await anItem({ name: 'Desk lamp', stock: 3, price_cents: 2495 });
    const answer = await anon.get(`/items/${item.id}`);
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body as object)).toEqual([
      'id',
      'name',
      'description',
      'price_cents',
      'stock',
      'in_stock',
      'created_at',
    ]);
    expect(answer.body).toMatchObject({ id: item.id, name: 'Desk lamp', price_cents: 2495, stock: 3, in_stock: true });
  });

  it.each(['0', '-1', '2147483647', '123456789012345678901234567890'])('returns 404 for item %s', async (id) => {
    expectRefused(await anon.get(`/items/${id}`), 404, `Item ${id} not found`);
  });

  it('refuses an id that is not an integer', async () => {
    expectInvalid(await anon.get('/items/abc'), notAnInteger(['path', 'item_id'], 'abc'));
  });
});

describe('POST /items', () => {
  it('creates an item, returns its location and records it in the audit trail', async () => {
    const { admin } = await world();
    const given = { name: 'Desk lamp', description: 'Warm light', price_cents: 2495, stock: 100 };
    const answer = await admin.post('/items', given);
    expect(answer.status).toBe(201);
    const { id } = answer.body as { id: number };
    expect(answer.headers['location']).toBe(`/items/${id}`);
    expect(answer.body).toMatchObject({ ...given, in_stock: true });
    expect((await anon.get(`/items/${id}`)).body).toEqual(answer.body);
    expect(await auditOf(`items/${id}`)).toEqual([
      { actor_id: admin.id, action: 'item.created', details: { after: given } },
    ]);
  });

  it('defaults to no stock and no description, and ignores fields that cannot be set', async () => {
    const { admin } = await world();
    const answer = await admin.post('/items', { id: 7_000_000, in_stock: true, name: 'X', price_cents: 0 });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ description: null, stock: 0, in_stock: false });
    expect(answer.body).not.toMatchObject({ id: 7_000_000 });
  });

  it('refuses anonymous callers and users who are not admins', async () => {
    const { user } = await world();
    expectNotAuthenticated(await anon.post('/items', {}));
    expectRefused(await user.post('/items', {}), 403, FORBIDDEN);
  });

  it('reports all validation errors at once', async () => {
    const { admin } = await world();
    expectInvalid(await admin.post('/items', {}), missing(['body', 'name'], {}), missing(['body', 'price_cents'], {}));
    expectInvalid(
      await admin.post('/items', { name: '', description: 5, price_cents: -1, stock: 1_000_000_001 }),
      tooShort(1, ['body', 'name'], ''),
      notAString(['body', 'description'], 5),
      below(0, ['body', 'price_cents'], -1),
      above(1_000_000_000, ['body', 'stock'], 1_000_000_001),
    );
  });
});

describe('PATCH /items/{item_id}', () => {
  it('keeps absent fields, clears null fields and sets fields with a value', async () => {
    const { admin } = await world();
    const given = { name: 'Desk lamp', description: 'Warm light', price_cents: 2495, stock: 0 };
    const { body: item } = await admin.post('/items', given);
    const patched = await admin.patch(`/items/${item.id}`, { stock: 5, description: null });
    expect(patched.status).toBe(200);
    expect(patched.body).toEqual({ ...item, stock: 5, in_stock: true, description: null });
    expect((await anon.get(`/items/${item.id}`)).body).toEqual(patched.body);
    const [before, after] = [
      { stock: 0, description: 'Warm light' },
      { stock: 5, description: null },
    ];
    const details = { fields: ['description', 'stock'], before, after };
    expect((await auditOf(`items/${item.id}`)).at(-1)).toEqual({ actor_id: admin.id, action: 'item.updated', details });
  });

  it('changes nothing for an empty object', async () => {
    const { admin } = await world();
    const { body: item } = await admin.post('/items', { name: 'Desk lamp', price_cents: 1 });
    expect((await admin.patch(`/items/${item.id}`, {})).body).toEqual(item);
  });

  it('refuses null for fields that require a value', async () => {
    const { admin } = await world();
    const item = await anItem({ stock: 4 });
    expectInvalid(
      await admin.patch(`/items/${item.id}`, { name: null, stock: null }),
      notAString(['body', 'name'], null),
      { type: 'int_type', loc: ['body', 'stock'], msg: 'Input should be a valid integer', input: null },
    );
    expect(await stockOf(item)).toBe(4);
  });

  it('refuses anonymous callers, users who are not admins, and a missing item', async () => {
    const { user, admin } = await world();
    const item = await anItem({ stock: 4 });
    expectNotAuthenticated(await anon.patch(`/items/${item.id}`, { stock: 5 }));
    expectRefused(await user.patch(`/items/${item.id}`, { stock: 5 }), 403, FORBIDDEN);
    expectRefused(await admin.patch('/items/2147483647', { stock: 5 }), 404, 'Item 2147483647 not found');
    expect(await stockOf(item)).toBe(4);
  });
});

describe('DELETE /items/{item_id}', () => {
  it('deletes an item, and returns 404 the second time', async () => {
    const { admin } = await world();
    const { id } = await anItem();
    const { name } = (await anon.get(`/items/${id}`)).body as { name: string };
    const answer = await admin.delete(`/items/${id}`);
    expect(answer.status).toBe(204);
    expect(answer.text).toBe('');
    expectRefused(await anon.get(`/items/${id}`), 404, `Item ${id} not found`);
    expectRefused(await admin.delete(`/items/${id}`), 404, `Item ${id} not found`);
    expect(await auditOf(`items/${id}`)).toEqual([
      { actor_id: admin.id, action: 'item.deleted', details: { before: expect.objectContaining({ name }) } },
    ]);
  });

  it('refuses to delete an item that has orders', async () => {
    const { user, admin } = await world();
    const { item_id } = await anOrder({ user_id: user.id, status: 'cancelled' });
    expectRefused(await admin.delete(`/items/${item_id}`), 409, `Item ${item_id} has orders`);
    expect((await anon.get(`/items/${item_id}`)).status).toBe(200);
    expect(await auditOf(`items/${item_id}`)).toEqual([]);
  });

  it('refuses anonymous callers and users who are not admins', async () => {
    const { user } = await world();
    const { id } = await anItem();
    expectNotAuthenticated(await anon.delete(`/items/${id}`));
    expectRefused(await user.delete(`/items/${id}`), 403, FORBIDDEN);
    expect((await anon.get(`/items/${id}`)).status).toBe(200);
  });
});
