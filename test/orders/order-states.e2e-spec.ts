import pg from 'pg';
import { query } from '../support/database.js';
import { anItem, anOrder, eventually, stockOf } from '../support/factories.js';
import { expectInvalid, expectNotAuthenticated, expectRefused, notAnInteger } from '../support/refusals.js';
import { anon, world } from '../support/world.js';

type Status = NonNullable<Parameters<typeof anOrder>[0]['status']>;

const MOVES = { payment: 'paid', shipment: 'sent', cancellation: 'cancelled' } as const;
type Move = keyof typeof MOVES;
const moves = Object.keys(MOVES) as Move[];

const GOOD: readonly (readonly [Status, Move])[] = [
  ['new', 'payment'],
  ['paid', 'shipment'],
  ['new', 'cancellation'],
  ['paid', 'cancellation'],
];
const BAD = (['new', 'paid', 'sent', 'cancelled'] as const)
  .flatMap((status) => moves.map((move) => [status, move] as const))
  .filter(([status, move]) => !GOOD.some((good) => good[0] === status && good[1] === move));

const statusOf = async ({ id }: { id: number }) => {
  const [order] = await query<{ status: Status }>('select status from orders where id = $1', [id]);
  return order!.status;
};

const movesOf = ({ id }: { id: number }) =>
  query<{ actor_id: number; details: object }>(
    `select actor_id, details from audit_events where action = 'order.moved' and subject = $1 order by id`,
    [`orders/${id}`],
  );

/** Checks whether this number of the application's connections wait for a lock. */
const waiting = async (count: number) => {
  const rows = await query(
    `select from pg_stat_activity
      where datname = current_database() and application_name = 'aerie' and wait_event_type = 'Lock'`,
  );
  return rows.length === count ? true : undefined;
};

describe.each(GOOD)('an order that is %s', (from, move) => {
  it(`accepts a ${move}`, async () => {
    const { user, admin } = await world();
    const order = await anOrder({ user_id: user.id, status: from });
    const actor = move === 'shipment' ? admin : user;
    const { body: before } = await user.get(`/orders/${order.id}`);
    const answer = await actor.post(`/orders/${order.id}/${move}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ ...before, status: MOVES[move] });
    expect((await user.get(`/orders/${order.id}`)).body).toEqual(answer.body);
    const details = { fields: ['status'], before: { status: from }, after: { status: MOVES[move] } };
    expect(await movesOf(order)).toEqual([{ actor_id: actor.id, details }]);
  });
});

describe.each(BAD)('an order that is %s', (from, move) => {
  it(`refuses a ${move}`, async () => {
    const { user, admin } = await world();
    const item = await anItem({ stock: 7 });
    const order = await anOrder({ user_id: user.id, item_id: item.id, status: from });
    const answer = await admin.post(`/orders/${order.id}/${move}`);
    const wanted = MOVES[move];
    expectRefused(
      answer,
      409,
      from === wanted ? `This order is already ${from}` : `This order is ${from} and can't be ${wanted}`,
    );
    expect(await statusOf(order)).toBe(from);
    expect(await stockOf(item)).toBe(7);
    expect(await movesOf(order)).toEqual([]);
  });
});

describe('POST /orders/{order_id}/cancellation', () => {
  it('returns the quantity to the stock', async () => {
    const { user } = await world();
    const item = await anItem({ stock: 10 });
    const { body: order } = await user.post('/orders', { item_id: item.id, quantity: 4 });
    expect(await stockOf(item)).toBe(6);
    expect((await user.post(`/orders/${order.id}/payment`)).status).toBe(200);
    expect((await user.post(`/orders/${order.id}/cancellation`)).status).toBe(200);
    expect(await stockOf(item)).toBe(10);
  });

  it('returns the quantity only once for concurrent cancellations', async () => {
    const { user, admin } = await world();
    const item = await anItem({ stock: 10 });
    const { body: order } = await user.post('/orders', { item_id: item.id, quantity: 4 });
    const answers = await Promise.all(
      [user, admin, user, admin].map((actor) => actor.post(`/orders/${order.id}/cancellation`)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 200))
      expectRefused(answer, 409, 'This order is already cancelled');
    expect(await stockOf(item)).toBe(10);
    expect(await movesOf(order as { id: number })).toHaveLength(1);
  });

  it('leaves the order cancelled if a payment arrives at the same time', async () => {
    const { user } = await world();
    const item = await anItem({ stock: 10 });
    const { body: order } = await user.post('/orders', { item_id: item.id, quantity: 1 });
    const [payment, cancellation] = await Promise.all([
      user.post(`/orders/${order.id}/payment`),
      user.post(`/orders/${order.id}/cancellation`),
    ]);
    expect(cancellation.status).toBe(200); // a paid order can also be cancelled
    if (payment.status !== 200) expectRefused(payment, 409, "This order is cancelled and can't be paid");
    expect(await statusOf(order as { id: number })).toBe('cancelled');
    expect(await stockOf(item)).toBe(10);
  });

  it('works for an admin after the account of the order is deleted', async () => {
    const { user, admin } = await world();
    const item = await anItem({ stock: 5 });
    const { body: order } = await user.post('/orders', { item_id: item.id, quantity: 2 });
    await user.delete(`/users/${user.id}`);
    const answer = await admin.post(`/orders/${order.id}/cancellation`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ ...order, user_id: null, status: 'cancelled' });
    expect(await stockOf(item)).toBe(5);
  });
});

it('a cancellation and the deletion of its item do not deadlock', async () => {
  const { user, admin } = await world();
  const item = await anItem({ stock: 10 });
  const { body: order } = await user.post('/orders', { item_id: item.id, quantity: 1 });
  const lock = new pg.Client({ connectionString: databaseUrl });
  await lock.connect();
  try {
    await lock.query('begin');
    await lock.query('select from items where id = $1 for update', [item.id]);
    const removal = admin.delete(`/items/${item.id}`).then((answer) => answer);
    await eventually(() => waiting(1));
    const cancellation = user.post(`/orders/${order.id}/cancellation`).then((answer) => answer);
    await eventually(() => waiting(2));
    await lock.query('commit');
    expectRefused(await removal, 409, `Item ${item.id} has orders`);
    expect((await cancellation).status).toBe(200);
    expect(await stockOf(item)).toBe(10);
  } finally {
    await lock.end();
  }
});

describe.each(['payment', 'cancellation'])('POST /orders/{order_id}/%s', (move) => {
  it('returns 404 for the order of another user, as for a missing order', async () => {
    const { user, stranger } = await world();
    const order = await anOrder({ user_id: user.id });
    for (const id of [order.id, 2_147_483_647, 0])
      expectRefused(await stranger.post(`/orders/${id}/${move}`), 404, 'Order not found');
    expect(await statusOf(order)).toBe('new');
  });
});

describe.each(moves)('POST /orders/{order_id}/%s', (move) => {
  it('refuses anonymous callers and an id that is not an integer', async () => {
    const { user, admin } = await world();
    const order = await anOrder({ user_id: user.id });
    expectNotAuthenticated(await anon.post(`/orders/${order.id}/${move}`));
    expectInvalid(await admin.post(`/orders/first/${move}`), notAnInteger(['path', 'order_id'], 'first'));
    expect(await statusOf(order)).toBe('new');
  });
});

it('only an admin can ship an order', async () => {
  const { user, admin } = await world();
  const order = await anOrder({ user_id: user.id, status: 'paid' });
  expectRefused(await user.post(`/orders/${order.id}/shipment`), 403, 'Not enough permissions');
  expectRefused(await admin.post('/orders/2147483647/shipment'), 404, 'Order not found');
  expect(await statusOf(order)).toBe('paid');
});
