import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { query } from '../support/database.js';
import { anItem, eventually, stockOf } from '../support/factories.js';
import { expectRefused } from '../support/refusals.js';
import { aUser } from '../support/world.js';

const jobs = () =>
  query<{ id: string; state: string; data: { order_id: number } }>(
    `select id, state, data from pgboss.job where name = 'order-confirmation' order by created_on`,
  );

/** Waits for the confirmation mail of an order and returns its text. */
function mailFor(order_id: number): Promise<string> {
  return eventually(async () => {
    const job = (await jobs()).find(({ data }) => data.order_id === order_id);
    return readFile(join(dataDir, 'mail', `${job!.id}.eml`), 'utf8').catch(() => undefined);
  });
}

describe('the confirmation of an order', () => {
  it('is mailed to the customer', async () => {
    const user = await aUser({ name: 'Ann Lee' });
    const item = await anItem({ name: 'Lamp', price_cents: 1205 });
    const { body: order } = await user.post('/orders', { item_id: item.id, quantity: 2 });
    const mail = await mailFor((order as { id: number }).id);
    expect(mail).toContain(`To: ${user.email}\n`);
    expect(mail).toContain(`Subject: Your order ${order.id}\n`);
    expect(mail).toContain('Hello Ann Lee');
    expect(mail).toMatch(/Lamp: USD 24\.10/);
  });

  it('is not queued for an order that is refused', async () => {
    const user = await aUser();
    const item = await anItem({ stock: 1 });
    const before = await jobs();
    expect((await user.post('/orders', { item_id: item.id, quantity: 2 })).status).toBe(409);
    expect(await jobs()).toHaveLength(before.length);
  });

  it('is not sent, and its job completes, if the account no longer exists', async () => {
    await query(`create function forget_owner() returns trigger language plpgsql as $$
      begin new.user_id = null; return new; end $$`);
    await query(`create trigger forget_owner before insert on orders
      for each row when (new.quantity = 7) execute function forget_owner()`);
    const [user, item] = [await aUser(), await anItem()];
    const { body: order } = await user.post('/orders', { item_id: item.id, quantity: 7 });
    const done = await eventually(async () =>
      (await jobs()).find(({ data, state }) => data.order_id === order.id && !['created', 'active'].includes(state)),
    );
    expect(done.state).toBe('completed');
    expect(await readdir(join(dataDir, 'mail')).catch(() => [])).not.toContain(`${done.id}.eml`);
  });
});

describe('an order whose commit fails', () => {
  it('returns 503 and leaves no order, no job and the stock unchanged', async () => {
    const user = await aUser();
    const item = await anItem({ stock: 50 });
    await query(`create function refuse_commit() returns trigger language plpgsql as $$
      begin raise exception using errcode = 'serialization_failure'; end $$`);
    await query(`create constraint trigger refuse_commit after insert on orders deferrable initially deferred
      for each row when (new.quantity = 42) execute function refuse_commit()`);
    const before = await jobs();
    const answer = await user.post('/orders', { item_id: item.id, quantity: 42 });
    expectRefused(answer, 503, 'Another request is changing the same data, try again');
    expect(await stockOf(item)).toBe(50);
    expect((await user.get('/orders')).body).toEqual([]);
    expect(await jobs()).toHaveLength(before.length);
    expect((await user.post('/orders', { item_id: item.id, quantity: 41 })).status).toBe(201);
    expect(await jobs()).toHaveLength(before.length + 1);
  });
});
