import { ApiError } from '../../client/dist/index.js';
import { query } from '../support/database.js';
import { anExport, anItem, aPost, eventually, stockOf } from '../support/factories.js';
import { aClient } from './a-client.js';
import { thrownBy } from './thrown-by.js';

it('places, pays, ships and cancels orders', async () => {
  const [{ client: ann, id }, { client: admin }] = await Promise.all([aClient(), aClient({ role: 'admin' })]);
  const item = await anItem({ stock: 5, price_cents: 250 });
  const order = await ann.orders.place({ item_id: item.id, quantity: 2 });
  expect(order).toMatchObject({ user_id: id, item_id: item.id, quantity: 2, total_cents: 500, status: 'new' });
  await ann.orders.pay(order.id);
  expect(await admin.orders.ship(order.id)).toMatchObject({ id: order.id, status: 'sent' });
  const cancelled = await ann.orders.place({ item_id: item.id, quantity: 1 });
  await ann.orders.cancel(cancelled.id);
  expect(await stockOf(item)).toBe(3);
  const refused = (await thrownBy(ann.orders.cancel(order.id))) as ApiError;
  expect([refused.kind, refused.status, refused.operation]).toEqual(['api', 409, 'cancelOrder']);
});

it('reports which field is invalid, and why', async () => {
  const { client } = await aClient();
  const error = (await thrownBy(client.orders.place({ item_id: 1, quantity: 0 }))) as ApiError;
  expect(error).toBeInstanceOf(ApiError);
  expect(error.status).toBe(422);
  expect(error.fields).toEqual([
    {
      in: 'body',
      path: ['quantity'],
      type: 'greater_than_equal',
      message: 'Input should be greater than or equal to 1',
      input: 0,
      context: { ge: 1 },
    },
  ]);
  expect(error.requestId).toMatch(/^[\w-]+$/);
  expect(error.message).toContain('body.quantity');
});

describe('lists', () => {
  it('are read to the end through their links, with each row once', async () => {
    const { client, id } = await aClient();
    const made: number[] = [];
    for (let i = 0; i < 7; i++) made.push((await aPost(id)).id);
    const read: number[] = [];
    for await (const post of client.posts.list({ user_id: id, limit: 3, sort: '-created_at' })) read.push(post.id);
    expect(read).toEqual(made.toReversed());
    const ofAuthor: number[] = [];
    for await (const post of client.posts.listOf(id, { limit: 2 })) ofAuthor.push(post.id);
    expect(ofAuthor.toSorted((a, b) => a - b)).toEqual(made);
  });

  it('are read without the envelope, and only as many pages as the caller needs', async () => {
    let requests = 0;
    const { client } = await aClient({}, { fetch: (...given) => (requests++, fetch(...given)) });
    const before = requests;
    const name = `Lamp ${Math.random()}`;
    for (let i = 0; i < 5; i++) await anItem({ name });
    const found: string[] = [];
    for await (const item of client.items.list({ search: name, limit: 2 })) {
      found.push(item.name);
      if (found.length === 3) break;
    }
    expect(found).toEqual([name, name, name]);
    expect(requests - before).toBe(2);
  });
});

describe('update', () => {
  it('loses no change if several callers update the same item concurrently', async () => {
    const { client } = await aClient({ role: 'admin' });
    const item = await anItem({ stock: 0 });
    await Promise.all(
      Array.from({ length: 6 }, () => client.items.update(item.id, ({ stock }) => ({ stock: stock + 1 }))),
    );
    expect(await stockOf(item)).toBe(6);
  });

  it('reads the item again after a 412 and calls the change function again', async () => {
    const { client } = await aClient({ role: 'admin' });
    const item = await anItem({ name: 'Lamp', stock: 1 });
    const seen: number[] = [];
    const updated = await client.items.update(item.id, async ({ stock }) => {
      seen.push(stock);
      if (seen.length === 1) await query('update items set stock = 7 where id = $1', [item.id]);
      return { stock: stock * 2 };
    });
    expect(seen).toEqual([1, 7]);
    expect(updated.stock).toBe(14);
  });

  it('changes a resource without an id, such as the profile', async () => {
    const { client } = await aClient();
    await client.profile.update(({ tags }) => ({ tags: [...tags, 'new'] }));
    expect((await client.profile.get()).tags).toEqual(['new']);
  });
});

it('sends any operation by its id', async () => {
  const { client, id } = await aClient();
  const { data, status, headers } = await client.send('getDashboard', { query: { user_id: id } });
  expect([data.user.id, status]).toEqual([id, 200]);
  expect(headers.get('X-Request-ID')).toBeTruthy();
  const { data: csv } = await client.send('exportOrders');
  expect(csv).toMatch(/^id,user_id,/);
});

it('deletes a post, and throws a 404 if the post does not exist', async () => {
  const { client, id } = await aClient();
  const post = await aPost(id);
  expect(await client.posts.delete(post.id)).toBeUndefined();
  expect(await thrownBy(client.posts.delete(post.id))).toMatchObject({ kind: 'api', status: 404 });
});

it('creates an export, waits for it, and downloads it', async () => {
  const { client } = await aClient();
  const item = await anItem();
  const order = await client.orders.place({ item_id: item.id, quantity: 1 });
  const made = await client.exports.create({ format: 'ndjson' });
  await eventually(async () => ((await client.exports.get(made.id)).status === 'ready' ? true : undefined));
  const text = await new Response(await client.exports.download(made.id)).text();
  expect(JSON.parse(text)).toMatchObject({ id: order.id });
});

it('refuses to download an export that is not ready', async () => {
  const { client, id } = await aClient();
  const file = await anExport(id, Buffer.from('x'), { status: 'queued' });
  expect(await thrownBy(client.exports.download(file.id))).toMatchObject({ kind: 'api', status: 409 });
});
