import { json, keyOf, page, scripted } from './scripted-fetch.js';
import { thrownBy } from './thrown-by.js';

const ORDER = { item_id: 1, quantity: 1 };
const text = (body: string, type: string) => new Response(body, { headers: { 'Content-Type': type } });

describe('a response with a status of success', () => {
  it('is an error of the connection if it does not have the declared type', async () => {
    const { client } = scripted([page()], { budget: 1 });
    expect(await thrownBy(client.orders.place(ORDER, { idempotencyKey: 'mine' }))).toMatchObject({
      kind: 'connection',
      operation: 'placeOrder',
      idempotencyKey: 'mine',
      cause: { message: expect.stringContaining('text/html') as string },
    });
    expect(await thrownBy(client.send('exportOrders'))).toMatchObject({ kind: 'connection' });
    expect(await thrownBy(client.auth.signIn({ username: 'a', password: 'b' }))).toMatchObject({ kind: 'connection' });
    expect(client.auth.isSignedIn).toBe(false);
  });

  it('is an error of the connection if the declared JSON is missing', async () => {
    const { client, requests } = scripted([text('', 'application/json')], { budget: 1 });
    expect(await thrownBy(client.orders.get(7))).toMatchObject({
      kind: 'connection',
      operation: 'getOrder',
      cause: { message: 'The response has no body' },
    });
    expect(requests).toHaveLength(2);
  });

  it('may be empty if it declares a text, or no body at all', async () => {
    const { client } = scripted([text('', 'text/csv'), json(204, undefined)]);
    expect((await client.send('exportOrders')).data).toBe('');
    expect(await client.posts.delete(7)).toBeUndefined();
  });

  it('does not mean that a deletion was executed if it is the page of a proxy', async () => {
    const { client, requests } = scripted([page(), json(204, undefined)]);
    await client.posts.delete(1);
    expect(requests).toHaveLength(2);
  });

  it('may have parameters in its type, and a text is returned as it is', async () => {
    const { client, requests } = scripted([
      text('{"id":7}', 'Application/JSON; charset=utf-8'),
      text('id\n7\n', 'text/csv; charset=utf-8'),
    ]);
    expect(await client.orders.get(7)).toEqual({ id: 7 });
    expect((await client.send('exportOrders')).data).toBe('id\n7\n');
    expect(requests).toHaveLength(2);
  });
});

describe('a refusal with JSON of a proxy', () => {
  it.each([[['bad gateway']], [[null]], [[{ msg: 'no place' }]], [[]], [null], [{ reason: 'x' }]])(
    'is an error of the kind "api" that is not from the API: %j',
    async (detail) => {
      const { client } = scripted([json(400, { detail })]);
      const expected = { kind: 'api', status: 400, isFromApi: false, fields: [] };
      expect(await thrownBy(client.orders.get(7))).toMatchObject(expected);
    },
  );

  it('is retried if the server is unavailable, with the same key', async () => {
    const { client, requests } = scripted([json(502, { detail: ['bad gateway'] }), json(201, { id: 7 })]);
    expect(await client.orders.place(ORDER)).toEqual({ id: 7 });
    expect(new Set(requests.map(keyOf)).size).toBe(1);
  });
});

it.each([
  ['E_TAKEN', 'E_TAKEN'],
  [undefined, undefined],
  [7, undefined],
])('an error has the errorCode of the API if it is a text: %j', async (sent, errorCode) => {
  const { client } = scripted([json(409, { detail: 'The name is taken', errorCode: sent })]);
  expect(await thrownBy(client.orders.get(7))).toMatchObject({ status: 409, isFromApi: true, errorCode });
});
