import { randomUUID } from 'node:crypto';
import { auditOf, anItem } from '../support/factories.js';
import { aUser, world, type Actor } from '../support/world.js';

const MERGE = 'application/merge-patch+json';
const ADDRESS = { street: 'Via Roma 1', city: 'Roma', country: 'IT' };
const METADATA = { a: '1', b: '2', c: '3' };

const patch = (by: Actor, body: object | string, type = MERGE, path = '/profile') =>
  by
    .send('patch', path)
    .set('Content-Type', type)
    .serialize((sent: unknown) => (typeof sent === 'string' ? sent : JSON.stringify(sent)))
    .send(body as object);

/** Returns a new user with this profile. */
async function somebody(given: object = { address: ADDRESS, metadata: METADATA }): Promise<Actor> {
  const user = await aUser();
  expect((await user.patch('/profile', given)).status).toBe(200);
  return user;
}

describe('a merge patch of a profile', () => {
  it.each<[string, object, object]>([
    ['removes a metadata key with null', { a: null }, { b: '2', c: '3' }],
    ['sets one key and keeps the others', { b: 'x' }, { a: '1', b: 'x', c: '3' }],
    ['adds a key', { d: '4' }, { ...METADATA, d: '4' }],
    ['removes, sets and adds keys at once', { a: null, b: 'x', d: '4' }, { b: 'x', c: '3', d: '4' }],
    ['removes a missing key without an error', { z: null }, METADATA],
    ['changes nothing for an empty object', {}, METADATA],
    ['removes all keys', { a: null, b: null, c: null }, {}],
    ['sets an empty text and the text "null"', { a: '', b: 'null' }, { a: '', b: 'null', c: '3' }],
    ['sets keys such as toString and 1', { toString: 'x', 1: 'y' }, { ...METADATA, toString: 'x', 1: 'y' }],
  ])('%s', async (_, metadata, expected) => {
    const user = await somebody();
    const answer = await patch(user, { metadata });
    expect([answer.status, answer.body.metadata]).toEqual([200, expected]);
    expect((await user.get('/profile')).body).toMatchObject({ metadata: expected, address: ADDRESS });
  });

  it.each<[string, object | null, object | null]>([
    ['changes one field', { city: 'Milano' }, { ...ADDRESS, city: 'Milano' }],
    ['changes two fields', { city: 'Bern', country: 'CH' }, { ...ADDRESS, city: 'Bern', country: 'CH' }],
    ['resets a field to its default with null', { country: null }, { ...ADDRESS, country: 'US' }],
    ['changes nothing for an empty object', {}, ADDRESS],
    ['clears it with null', null, null],
  ])('for the address: %s', async (_, address, expected) => {
    const user = await somebody();
    const answer = await patch(user, { address });
    expect([answer.status, answer.body.address]).toEqual([200, expected]);
  });

  it('creates an address if there is none', async () => {
    const user = await aUser();
    expect((await patch(user, { address: { street: 'S', city: 'C' } })).body.address).toEqual({
      street: 'S',
      city: 'C',
      country: 'US',
    });
  });

  it.each<[string, object, object[]]>([
    [
      'that removes the street of an address',
      { address: { street: null } },
      [{ type: 'missing', loc: ['body', 'address', 'street'] }],
    ],
    [
      'with values of the wrong type',
      { metadata: { a: 1, b: null }, address: { city: 5 } },
      [
        { type: 'string_type', loc: ['body', 'address', 'city'] },
        { type: 'string_type', loc: ['body', 'metadata', 'a'] },
      ],
    ],
    ['with an object in metadata', { metadata: { a: { b: null } } }, [{ type: 'string_type' }]],
    ['that removes the name', { name: null }, [{ type: 'string_type', loc: ['body', 'name'] }]],
    ['that removes metadata', { metadata: null }, [{ type: 'dict_type' }]],
    ['that removes tags', { tags: null }, [{ type: 'list_type' }]],
    ['with null in a list', { tags: ['a', null] }, [{ type: 'string_type', loc: ['body', 'tags', 1] }]],
    ['with a text instead of an object', { address: 'Via Roma' }, [{ type: 'model_attributes_type' }]],
    ['that is a list', [{ op: 'remove', path: '/bio' }], [{ type: 'model_attributes_type', loc: ['body'] }]],
  ])('%s is refused with 422 and changes nothing', async (_, body, expected) => {
    const user = await somebody();
    const { body: before } = await user.get('/profile');
    const answer = await patch(user, body);
    expect([answer.status, answer.body.detail]).toMatchObject([422, expected]);
    expect((await user.get('/profile')).body).toEqual(before);
  });

  it('may result in at most 100 metadata keys', async () => {
    const user = await somebody({ metadata: Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`k${i}`, 'x'])) });
    expect((await patch(user, { metadata: { one: 'x' } })).status).toBe(200);
    const tooMany = await patch(user, { metadata: { two: 'x' } });
    expect([tooMany.status, tooMany.body.detail]).toMatchObject([
      422,
      [{ type: 'too_long', loc: ['body', 'metadata'] }],
    ]);
    expect((await patch(user, { metadata: { one: null, two: 'x' } })).status).toBe(200);
  });

  it('is recorded in the audit trail like any other change', async () => {
    const user = await somebody();
    await patch(user, { metadata: { a: null } });
    expect((await auditOf(`users/${user.id}`)).at(-1)).toMatchObject({
      action: 'user.updated',
      details: { fields: ['metadata'] },
    });
  });

  it('is not lost if other patches arrive at the same time', async () => {
    const user = await somebody();
    const keys = Array.from({ length: 8 }, (_, i) => `k${i}`);
    await Promise.all(keys.map((key) => patch(user, { metadata: { [key]: 'x' } })));
    const { metadata } = (await user.get('/profile')).body as { metadata: object };
    expect(Object.keys(metadata).toSorted()).toEqual([...Object.keys(METADATA), ...keys].toSorted());
  });

  it('is a different request for an idempotency key than the same body as application/json', async () => {
    const user = await somebody();
    const key = randomUUID();
    const body = { metadata: { a: 'x' } };
    expect((await patch(user, body).set('Idempotency-Key', key)).status).toBe(200);
    expect((await patch(user, body).set('Idempotency-Key', key)).headers['idempotency-replayed']).toBe('true');
    expect((await patch(user, body, 'application/json').set('Idempotency-Key', key)).status).toBe(422);
  });
});

describe('a PATCH request', () => {
  it('as JSON replaces metadata and address as a whole', async () => {
    const user = await somebody();
    const answer = await patch(user, { metadata: { d: '4' } }, 'application/json');
    expect(answer.body.metadata).toEqual({ d: '4' });
    const wrong = await patch(user, { metadata: { d: null }, address: { city: 'C' } }, 'application/json');
    expect([wrong.status, wrong.body.detail]).toMatchObject([422, [{ type: 'missing' }, { type: 'string_type' }]]);
  });

  it.each([MERGE, 'Application/Merge-Patch+JSON', `${MERGE}; charset=utf-8`, `${MERGE};profile="x"`])(
    'as %s is a merge patch',
    async (type) => {
      const user = await somebody();
      expect((await patch(user, { metadata: { a: null } }, type)).body.metadata).toEqual({ b: '2', c: '3' });
    },
  );

  it.each([
    ['/profile', '[{"op":"remove","path":"/bio"}]'],
    ['/profile', '{"bio":"x"}'],
    ['/items/1', '[]'],
    ['/api/v1/posts/1', '[{"op":"replace","path":"/title","value":"x"}]'],
  ])('as JSON Patch (RFC 6902) is refused with 415: %s %s', async (path, body) => {
    const { admin } = await world();
    for (const type of ['application/json-patch+json', 'application/json-patch+json; charset=utf-8']) {
      const answer = await patch(admin, body, type, path);
      expect([answer.status, answer.body]).toEqual([
        415,
        { detail: 'Send the body as application/json or application/merge-patch+json' },
      ]);
    }
  });

  it.each([
    ['text/plain', '{}', {}],
    ['application/x-www-form-urlencoded', 'bio=x', {}],
    ['application/json-patch+json', '[]', {}],
    ['application/json; charset=latin1', '{}', {}],
    ['application/json', '{}', { 'Content-Encoding': 'gzip' }],
    ['text/plain', '{}', { Accept: 'application/problem+json' }],
  ])('that gets 415 lists the accepted types in Accept-Patch (RFC 5789): %s', async (type, body, headers) => {
    const { admin } = await world();
    for (const path of ['/profile', '/items/1', '/api/v1/posts/1']) {
      const answer = await patch(admin, body, type, path).set(headers);
      expect([answer.status, answer.headers['accept-patch']]).toEqual([
        415,
        'application/json, application/merge-patch+json',
      ]);
    }
  });

  it('is the only request that gets Accept-Patch, and only with 415', async () => {
    const { admin } = await world();
    const answers = [
      await admin.post('/items').type('text/plain').send('{}'),
      await patch(admin, { name: 1 }, 'application/json', '/profile'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([415, 422]);
    for (const { headers } of answers) expect(headers).not.toHaveProperty('accept-patch');
  });

  it('of an item or a post can also be a merge patch', async () => {
    const { admin, user } = await world();
    const { id } = await anItem();
    await admin.patch(`/items/${id}`, { description: 'D' });
    const item = await patch(admin, { description: null, stock: 3 }, MERGE, `/items/${id}`);
    expect([item.status, item.body.description, item.body.stock]).toEqual([200, null, 3]);
    const { body: post } = await user.post('/api/v1/posts', { title: 'T', body: 'B' });
    const changed = await patch(user, { title: 'New' }, MERGE, `/api/v1/posts/${post.id}`);
    expect(changed.body).toMatchObject({ title: 'New', body: 'B' });
  });
});
