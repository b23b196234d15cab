import pg from 'pg';
import { query } from '../support/database.js';
import { anItem, anOrder, aPost, eventually } from '../support/factories.js';
import { above, below, expectInvalid, expectNotAuthenticated, expectRefused, missing } from '../support/refusals.js';
import { anon, aUser, world } from '../support/world.js';

const MISSING = 2_147_483_647;

/**
 * Returns the last statement of each application connection, if it began after `since`, and whether it waits for a
 * lock.
 */
const connectionsSince = (since: Date) =>
  query<{ pid: number; query: string; waits: boolean }>(
    `select pid, query, coalesce(wait_event_type = 'Lock', false) as waits from pg_stat_activity
      where datname = current_database() and application_name = 'aerie' and query_start > $1`,
    [since],
  );

describe('GET /dashboard', () => {
  it('returns the account, the newest orders and the statistics of the user', async () => {
    const { user, stranger } = await world();
    await anOrder({ user_id: user.id, status: 'cancelled' });
    const orders = [await anOrder({ user_id: user.id }), await anOrder({ user_id: user.id, status: 'sent' })];
    await Promise.all([aPost(user.id), aPost(user.id), aPost(stranger.id), anOrder({ user_id: stranger.id })]);
    const answer = await user.get(`/dashboard?user_id=${user.id}`);
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body as object)).toEqual(['user', 'orders', 'stats']);
    expect(answer.body.user).toEqual((await user.get('/users/me')).body);
    expect(answer.body.orders).toEqual((await user.get('/orders')).body);
    expect(answer.body.orders.slice(1)).toMatchObject(orders);
    expect(answer.body.stats).toEqual({ order_count: 3, total_cents: 500, post_count: 2 });
  });

  it('returns the ten newest orders, oldest first, and counts all orders', async () => {
    const user = await aUser();
    const item_id = (await anItem()).id;
    const ids: number[] = [];
    for (let i = 0; i < 12; i++) ids.push((await anOrder({ user_id: user.id, item_id })).id);
    const { body } = await user.get(`/dashboard?user_id=${user.id}`);
    expect((body.orders as { id: number }[]).map(({ id }) => id)).toEqual(ids.slice(2));
    expect(body.stats).toEqual({ order_count: 12, total_cents: 3000, post_count: 0 });
  });

  it('returns an empty list and zeros for an account without orders and posts', async () => {
    const user = await aUser();
    const { body } = await user.get(`/dashboard?user_id=${user.id}`);
    expect(body).toMatchObject({ orders: [], stats: { order_count: 0, total_cents: 0, post_count: 0 } });
  });

  it('shows any account to an admin', async () => {
    const { user, admin } = await world();
    const answer = await admin.get(`/dashboard?user_id=${user.id}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual((await user.get(`/dashboard?user_id=${user.id}`)).body);
    expectRefused(await admin.get(`/dashboard?user_id=${MISSING}`), 404, 'User not found');
  });

  it('returns 404 for the account of another user, as for a missing account', async () => {
    const { user, stranger } = await world();
    expectRefused(await stranger.get(`/dashboard?user_id=${user.id}`), 404, 'User not found');
    expectRefused(await stranger.get(`/dashboard?user_id=${MISSING}`), 404, 'User not found');
  });

  it('refuses anonymous callers before it validates the request', async () => {
    expectNotAuthenticated(await anon.get('/dashboard?user_id=1'));
    expectNotAuthenticated(await anon.get('/dashboard'));
  });

  it('requires a valid user_id', async () => {
    const user = await aUser();
    const loc = ['query', 'user_id'];
    expectInvalid(await user.get('/dashboard'), missing(loc, null));
    expectInvalid(await user.get('/dashboard?user_id=0'), below(1, loc, '0'));
    expectInvalid(await user.get('/dashboard?user_id=2147483648'), above(MISSING, loc, '2147483648'));
  });

  it('runs its three queries in parallel on separate connections', async () => {
    const user = await aUser();
    const lock = new pg.Client({ connectionString: databaseUrl });
    await lock.connect();
    try {
      await lock.query('begin; lock table orders in access exclusive mode');
      const since = (await lock.query<{ at: Date }>('select clock_timestamp() as at')).rows[0]!.at;
      const answer = user.get(`/dashboard?user_id=${user.id}`).then(({ status }) => status);
      // Two queries need the orders and wait for them. The query for the account was sent without waiting for either.
      const asked = await eventually(async () => {
        const connections = await connectionsSince(since);
        const questions = [/from "users".*where.*\bid = \$1/is, /from "orders"/i, /order_count/];
        const pids = questions.map((question) => connections.find((one) => question.test(one.query)));
        return pids.every((one) => one !== undefined) ? pids : undefined;
      });
      expect(new Set(asked.map(({ pid }) => pid)).size).toBe(3);
      expect(asked.map(({ waits }) => waits)).toEqual([false, true, true]);
      await lock.query('commit');
      expect(await answer).toBe(200);
    } finally {
      await lock.end();
    }
  });
});
