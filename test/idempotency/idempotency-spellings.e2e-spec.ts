import { createHmac, hkdfSync, randomUUID } from 'node:crypto';
import { query } from '../support/database.js';
import { anItem, anOrder } from '../support/factories.js';
import { OPERATIONS, takesKey } from '../support/operations.js';
import { world, type Actor } from '../support/world.js';

let user: Actor;

beforeAll(async () => {
  ({ user } = await world());
});

const JSON_TYPE = 'application/json';

/** Returns a function that sends these bytes to a path, with this key. */
const sending = (method: 'post' | 'patch' | 'put', key: string) => (path: string, body: string, type: string) =>
  user.send(method, path).set('Idempotency-Key', key).type(type).send(body);

const answered = ({ status, headers }: { status: number; headers: Record<string, string> }) => [
  status,
  headers['idempotency-replayed'],
];

describe('a retry of an order', () => {
  it.each<[string, (id: number) => string, string?, string?]>([
    ['with its keys in another order', (id) => `{"quantity":1,"item_id":${id}}`],
    ['with 1.0 instead of 1', (id) => `{"item_id":${id}.0,"quantity":1.0}`],
    ['with an exponent', (id) => `{"item_id":${id},"quantity":10e-1}`],
    ['with white space', (id) => `\n{\t"item_id" : ${id} ,\r\n "quantity": 1 }  `],
    ['with escaped letters', (id) => `{"\\u0069tem_id":${id},"quantit\\u0079":1}`],
    ['with an unknown field', (id) => `{"item_id":${id},"sent_at":"12:00:01","quantity":1}`],
    ['with a duplicate key whose last value counts', (id) => `{"quantity":7,"item_id":${id},"quantity":1}`],
    ['with a byte order mark', (id) => `\ufeff{"item_id":${id},"quantity":1}`],
    ['with a charset', (id) => `{"item_id":${id},"quantity":1}`, 'application/json; charset=utf-8'],
    ['with another JSON media type', (id) => `{"item_id":${id},"quantity":1}`, 'application/vnd.shop+json'],
    ['with an unknown query parameter', (id) => `{"item_id":${id},"quantity":1}`, JSON_TYPE, '/orders?retry=1'],
    ['with a trailing slash', (id) => `{"item_id":${id},"quantity":1}`, JSON_TYPE, '/orders/'],
    ['with an escaped letter in the path', (id) => `{"item_id":${id},"quantity":1}`, JSON_TYPE, '/%6frders'],
  ])('is replayed if it is sent %s', async (_, spelt, type = JSON_TYPE, path = '/orders') => {
    const { id } = await anItem();
    const send = sending('post', randomUUID());
    const first = await send('/orders', `{"item_id":${id},"quantity":1}`, JSON_TYPE);
    const again = await send(path, spelt(id), type);
    expect([answered(first), answered(again)]).toEqual([
      [201, undefined],
      [201, 'true'],
    ]);
    expect(again.text).toBe(first.text);
    expect(await query('select 1 from orders where item_id = $1', [id])).toHaveLength(1);
  });

  it.each([
    ['another quantity', (id: number) => `{"item_id":${id},"quantity":2}`],
    ['another item', (id: number) => `{"item_id":${id + 1},"quantity":1}`],
    ['the two values swapped', (id: number) => `{"item_id":1,"quantity":${id}}`],
  ])('is refused as a different request with %s', async (_, spelt) => {
    const { id } = await anItem({ stock: 100 });
    const send = sending('post', randomUUID());
    await send('/orders', `{"item_id":${id},"quantity":1}`, JSON_TYPE);
    expect(answered(await send('/orders', spelt(id), JSON_TYPE))).toEqual([422, undefined]);
  });

  it('is validated before it is compared with the first request', async () => {
    const { id } = await anItem();
    const send = sending('post', randomUUID());
    await send('/orders', `{"item_id":${id},"quantity":1}`, JSON_TYPE);
    const wrong = await send('/orders', `{"item_id":${id},"quantity":1.5}`, JSON_TYPE);
    expect([wrong.status, wrong.body.detail[0].type]).toEqual([422, 'int_from_float']);
  });
});

it.each(['0', '+', '%20'])('a retry is replayed if the id in its path has the prefix %j', async (prefix) => {
  const { id } = await anOrder({ user_id: user.id });
  const send = sending('post', randomUUID());
  const first = await send(`/orders/${id}/payment`, '', JSON_TYPE);
  expect(answered(first)).toEqual([200, undefined]);
  expect(answered(await send(`/orders/${prefix}${id}/payment`, '', JSON_TYPE))).toEqual([200, 'true']);
  const other = await anOrder({ user_id: user.id });
  expect(answered(await send(`/orders/${other.id}/payment`, '', JSON_TYPE))).toEqual([422, undefined]);
});

describe('a retry of a profile change', () => {
  const GIVEN = `{"bio":"A","address":{"street":"S","city":"C"},"tags":["x","y"],"metadata":{"a":"1","b":"2"}}`;

  it.each([
    `{"metadata":{"b":"2","a":"1"},"tags":["x","y"],"address":{"city":"C","street":"S"},"bio":"A"}`,
    `{"bio":"A","address":{"street":"S","city":"C","country":"US"},"tags":["x","y"],"metadata":{"a":"1","b":"2"}}`,
    `{"bio":"A","address":{"street":"S","city":"C","zip":1},"tags":["x","y"],"metadata":{"a":"1","b":"2"}}`,
  ])('is replayed with the body %s', async (spelt) => {
    const send = sending('patch', randomUUID());
    expect(answered(await send('/profile', GIVEN, JSON_TYPE))).toEqual([200, undefined]);
    expect(answered(await send('/profile', spelt, JSON_TYPE))).toEqual([200, 'true']);
  });

  it.each([
    `{"bio":"a","address":{"street":"S","city":"C"},"tags":["x","y"],"metadata":{"a":"1","b":"2"}}`,
    `{"bio":null,"address":{"street":"S","city":"C"},"tags":["x","y"],"metadata":{"a":"1","b":"2"}}`,
    `{"address":{"street":"S","city":"C"},"tags":["x","y"],"metadata":{"a":"1","b":"2"}}`,
    `{"bio":"A","address":null,"tags":["x","y"],"metadata":{"a":"1","b":"2"}}`,
    `{"bio":"A","address":{"street":"S","city":"C"},"tags":["y","x"],"metadata":{"a":"1","b":"2"}}`,
    `{"bio":"A","address":{"street":"S","city":"C"},"tags":["x","y"],"metadata":{"a":"2","b":"1"}}`,
  ])('is refused with the body %s', async (spelt) => {
    const send = sending('patch', randomUUID());
    await send('/profile', GIVEN, JSON_TYPE);
    expect(answered(await send('/profile', spelt, JSON_TYPE))).toEqual([422, undefined]);
  });
});

describe('a key that was stored with a fingerprint of the raw bytes', () => {
  const SECRET = 'only-for-tests-and-at-least-32-bytes-long';

  /** Returns a fingerprint in the format of the first release with idempotency keys. */
  function ofBytes(body: string, secret = SECRET): Buffer {
    const key = Buffer.from(hkdfSync('sha256', secret, '', 'aerie:idempotency-fingerprint', 32));
    return createHmac('sha256', key).update(`user\nPOST\n/orders\napplication/json\n`).update(body).digest();
  }

  it('replays the response for the same bytes, and refuses other bytes', async () => {
    const { id } = await anItem();
    const key = randomUUID();
    const send = sending('post', key);
    const body = `{"item_id":${id},"quantity":1}`;
    const first = await send('/orders', body, JSON_TYPE);
    await query('update idempotency_keys set fingerprint = $1 where key = $2', [ofBytes(body), key]);
    const again = await send('/orders', body, JSON_TYPE);
    expect([answered(again), again.text]).toEqual([[201, 'true'], first.text]);
    expect(answered(await send('/orders', `{"item_id":${id},"quantity":2}`, JSON_TYPE))).toEqual([422, undefined]);
  });
});

describe('a key of the maximum length in the OpenAPI document', () => {
  const { maxLength } = OPERATIONS.find(takesKey)!.parameters!.find(({ name }) => name === 'Idempotency-Key')!
    .schema as { maxLength: number };
  const MAKE = {
    bare: (length: number) => 'k'.repeat(length),
    quoted: (length: number) => `"${'k'.repeat(length - 2)}"`,
    escaped: (length: number) => `"${String.raw`\"`.repeat((length - 3) / 2)}k"`,
  };

  it.each(Object.entries(MAKE))('is accepted, and a longer key is refused: %s', async (_, make) => {
    const { id } = await anItem();
    const order = (key: string) => user.post('/orders', { item_id: id, quantity: 1 }).set('Idempotency-Key', key);
    expect(maxLength).toBe(255);
    expect((await order(make(maxLength))).status).toBe(201);
    for (const length of [maxLength + 1, 512]) expect((await order(MAKE.bare(length))).status).toBe(400);
    expect((await order(MAKE.quoted(maxLength + 1))).status).toBe(400);
    expect((await order(MAKE.escaped(maxLength + 2))).status).toBe(400);
  });
});
