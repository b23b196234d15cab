import { query } from '../support/database.js';
import { anItem, anOrder, stockOf } from '../support/factories.js';
import { pagesOf } from '../support/links.js';
import {
  above,
  below,
  expectInvalid,
  expectNotAuthenticated,
  expectRefused,
  missing,
  notAnInteger,
} from '../support/refusals.js';
import { anon, world } from '../support/world.js';

const MISSING = 2_147_483_647;

const ordersOf = async ({ id }: { id: number }) => {
  const [row] = await query<{ count: number }>('select count(*)::int from orders where item_id = $1', [id]);
  return row!.count;
};

const idsOf = ({ body }: { body: unknown }) => (body as { id: number }[]).map(({ id }) => id);

describe('POST /orders', () => {
  it('reduces the stock and creates the order', async () => {
    const { user } = await world();
    const item = await anItem({ stock: 5, price_cents: 1250 });
    const answer = await user.post('/orders', { item_id: item.id, quantity: 2 });
    expect(answer.status).toBe(201);
    const { id, created_at, ...order } = answer.body;
    expect(order).toEqual({ user_id: user.id, item_id: item.id, quantity: 2, total_cents: 2500, status: 'new' });
    expect(new Date(created_at).getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(answer.headers['location']).toBe(`/orders/${id}`);
    expect((await user.get(`/orders/${id}`)).body).toEqual(answer.body);
    expect(await stockOf(item)).toBe(3);
  });

  it('calculates the largest possible total exactly', async () => {
    const { user } = await world();
    const item = await anItem({ stock: 10_000, price_cents: 100_000_000 });
    const answer = await user.post('/orders', { item_id: item.id, quantity: 10_000 });
    expect(answer.body).toMatchObject({ total_cents: 1_000_000_000_000 });
    expect((await user.get('/orders')).body).toEqual([answer.body]);
  });

  it('uses the account of the token, and ignores user_id, status and total_cents in the body', async () => {
    const { user, stranger } = await world();
    const item = await anItem();
    const given = { item_id: item.id, quantity: 1, user_id: stranger.id, status: 'paid', total_cents: 0 };
    const { body } = await user.post('/orders', given);
    expect(body).toMatchObject({ user_id: user.id, status: 'new', total_cents: 250 });
  });

  it('refuses a quantity that exceeds the stock', async () => {
    const { user } = await world();
    const item = await anItem({ stock: 1 });
    const answer = await user.post('/orders', { item_id: item.id, quantity: 2 });
    expect(answer.status).toBe(409);
    expect(answer.body).toEqual({ detail: `Only 1 of item ${item.id} left` });
    expect(await stockOf(item)).toBe(1);
    expect(await ordersOf(item)).toBe(0);
  });

  it('accepts exactly 100 of 200 concurrent orders for the last 100 pieces', async () => {
    const { user } = await world();
    const item = await anItem({ stock: 100 });
    const buy = async (): Promise<number> => {
      const { status } = await user.post('/orders', { item_id: item.id, quantity: 1 });
      return status === 503 ? buy() : status; // a 503 means that no connection was free in time, so retry
    };
    const statuses = await Promise.all(Array.from({ length: 200 }, buy));
    expect(statuses.filter((status) => status === 201)).toHaveLength(100);
    expect(statuses.filter((status) => status === 409)).toHaveLength(100);
    expect(await stockOf(item)).toBe(0);
    expect(await ordersOf(item)).toBe(100);
  });

  it('refuses an item that does not exist', async () => {
    const { user } = await world();
    const answer = await user.post('/orders', { item_id: MISSING, quantity: 1 });
    expectRefused(answer, 404, `Item ${MISSING} not found`);
  });

  it('refuses anonymous callers before it validates the body', async () => {
    const item = await anItem({ stock: 1 });
    expectNotAuthenticated(await anon.post('/orders', { item_id: item.id, quantity: 1 }));
    expectNotAuthenticated(await anon.post('/orders', { quantity: 'many' }));
    expect(await stockOf(item)).toBe(1);
  });

  it('reports all validation errors at once', async () => {
    const { user } = await world();
    expectInvalid(await user.post('/orders', {}), missing(['body', 'item_id'], {}), missing(['body', 'quantity'], {}));
    expectInvalid(
      await user.post('/orders', { quantity: 10_001, item_id: 0 }),
      below(1, ['body', 'item_id'], 0),
      above(10_000, ['body', 'quantity'], 10_001),
    );
    const fraction = 'Input should be a valid integer, got a number with a fractional part';
    expectInvalid(
      await user.post('/orders', { item_id: MISSING + 1, quantity: 1.5 }),
      above(MISSING, ['body', 'item_id'], MISSING + 1),
      { type: 'int_from_float', loc: ['body', 'quantity'], msg: fraction, input: 1.5 },
    );
  });
});

describe('GET /orders', () => {
  it('lists the orders of the caller, and all orders for an admin', async () => {
    const { user, stranger, admin } = await world();
    const mine = [await anOrder({ user_id: user.id }), await anOrder({ user_id: user.id, status: 'sent' })];
    const theirs = await anOrder({ user_id: stranger.id });
    const answer = await user.get('/orders');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual([
      expect.objectContaining({ ...mine[0], user_id: user.id, status: 'new' }),
      expect.objectContaining({ ...mine[1], user_id: user.id, status: 'sent' }),
    ]);
    expect(idsOf(await stranger.get('/orders'))).toEqual([theirs.id]);
    const all = (await pagesOf(admin, '/orders?limit=100')).flatMap(idsOf);
    expect(all).toEqual(expect.arrayContaining([mine[0]!.id, mine[1]!.id, theirs.id]));
  });

  it('refuses anonymous callers', async () => {
    expectNotAuthenticated(await anon.get('/orders'));
  });
});

describe('GET /orders/{order_id}', () => {
  it('shows an order to its owner and to an admin', async () => {
    const { user, admin } = await world();
    const order = await anOrder({ user_id: user.id });
    const answer = await user.get(`/orders/${order.id}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ ...order, user_id: user.id, quantity: 1, total_cents: 250, status: 'new' });
    expect((await admin.get(`/orders/${order.id}`)).body).toEqual(answer.body);
  });

  it('returns 404 for the order of another user, as for a missing order', async () => {
    const { user, stranger } = await world();
    const order = await anOrder({ user_id: user.id });
    for (const id of [order.id, MISSING, 0, -1, '99999999999999999999'])
      expectRefused(await stranger.get(`/orders/${id}`), 404, 'Order not found');
  });

  it('refuses anonymous callers and an id that is not an integer', async () => {
    const { user } = await world();
    expectNotAuthenticated(await anon.get('/orders/1'));
    expectInvalid(await user.get('/orders/first'), notAnInteger(['path', 'order_id'], 'first'));
  });

  it('returns the order of a deleted account with user_id null', async () => {
    const { user, admin } = await world();
    const order = await anOrder({ user_id: user.id, status: 'sent' });
    expect((await user.delete(`/users/${user.id}`)).status).toBe(204);
    const kept = await admin.get(`/orders/${order.id}`);
    expect(kept.status).toBe(200);
    expect(kept.body).toMatchObject({ ...order, user_id: null, status: 'sent', total_cents: 250 });
  });
});
