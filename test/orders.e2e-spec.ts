import { anItem, stockOf } from './support/factories.js';
import { query } from './support/database.js';
import { world } from './support/world.js';

describe('POST /orders', () => {
  it('takes the stock and writes the order together', async () => {
    const { user } = await world();
    const item = await anItem({ stock: 5, price_cents: 1250 });
    const answer = await user.post('/orders', { item_id: item.id, quantity: 2 });
    expect(answer.status).toBe(201);
    const { id, created_at, ...order } = answer.body;
    expect(order).toEqual({ user_id: user.id, item_id: item.id, quantity: 2, total_cents: 2500, status: 'new' });
    expect(new Date(created_at).getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(answer.headers['location']).toBe(`/orders/${id}`);
    expect(await stockOf(item)).toBe(3);
  });

  it('refuses more than is in stock', async () => {
    const { user } = await world();
    const item = await anItem({ stock: 1 });
    const answer = await user.post('/orders', { item_id: item.id, quantity: 2 });
    expect(answer.status).toBe(409);
    expect(answer.body).toEqual({ detail: `Only 1 of item ${item.id} left` });
    expect(await stockOf(item)).toBe(1);
  });

  it('sells the last hundred pieces exactly once', async () => {
    const { user } = await world();
    const item = await anItem({ stock: 100 });
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => user.post('/orders', { item_id: item.id, quantity: 1 })),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(100);
    expect(statuses.filter((status) => status === 409)).toHaveLength(100);
    expect(await stockOf(item)).toBe(0);
    const [row] = await query<{ count: number }>('select count(*)::int from orders where item_id = $1', [item.id]);
    expect(row!.count).toBe(100);
  });
});
