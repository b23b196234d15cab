import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/factories.js';
import { Replicated, untilReplicaIs } from '../support/replicated.js';
import { hasReplication } from '../support/streaming.js';
import { Actor, PASSWORD, signIn } from '../support/world.js';

/** Longer than it takes to replay a write, to log its position and to probe the replica. */
const REPLAYED_AFTER_MS = 1500;

const test = hasReplication() ? describe : describe.skip;

test('with a streaming replica whose replay is paused', () => {
  let both: Replicated;
  let [one, other] = ['', ''];
  let admin: Actor;
  /** Admins who have written nothing since the replay was paused. */
  let stranger: Actor;
  let returning: Actor;
  let item: { id: number };

  beforeAll(async () => {
    both = await Replicated.begin();
    one = await both.start().address();
    other = await both.start().address();
    for (const url of [one, other]) await untilReplicaIs('ok', url);
    admin = await both.account(one, 'admin');
    stranger = await both.account(one, 'admin');
    returning = await both.account(one, 'admin');
    item = (await admin.post('/items', { name: 'Lamp', price_cents: 1205, stock: 1000 })).body as { id: number };
    await sleep(REPLAYED_AFTER_MS);
    await both.pause();
  });

  afterAll(async () => {
    await both.resume();
    await both.mails.stop();
  });

  it('reads go to the replica, also for a caller whose writes it has replayed', async () => {
    for (const reader of [admin, admin.at(other)]) expect(await both.answers(reader)).toBe(true);
  });

  it('each of 200 orders is mailed once and can be read at once, also from another process', async () => {
    const user = await both.account(one);
    const order = async () => {
      const placed = await user.post('/orders', { item_id: item.id, quantity: 1 });
      expect(placed.status).toBe(201);
      const path = `/orders/${(placed.body as { id: number }).id}`;
      for (const url of [one, other]) expect((await user.at(url).get(path)).status).toBe(200);
    };
    for (let n = 10; n <= 200; n += 10) {
      await Promise.all(Array.from({ length: 10 }, order));
      for (const url of [one, other])
        expect((await user.at(url).get('/orders?limit=100')).body).toHaveLength(Math.min(n, 100));
    }
    const confirmed = () => both.mails.received.filter(({ to }) => to.includes(user.email));
    await eventually(async () => (confirmed().length >= 200 ? true : undefined));
    expect(confirmed()).toHaveLength(200);
  });

  it('a change is visible to its author, and new rows of other callers are found by id', async () => {
    await admin.patch(`/items/${item.id}`, { name: 'Desk lamp' });
    for (const reader of [admin, admin.at(other), new Actor(0, '', undefined, other)]) {
      expect((await reader.get(`/items/${item.id}`)).body).toMatchObject({ name: 'Desk lamp' });
    }
    const placed = await (await both.account(one)).post('/orders', { item_id: item.id, quantity: 1 });
    expect((await stranger.at(other).get('/orders')).body).toEqual([]); // answered by the replica
    expect((await stranger.at(other).get(`/orders/${(placed.body as { id: number }).id}`)).status).toBe(200);
  });

  it('a post and an export can be read at once from another process', async () => {
    const user = await both.account(one);
    const post = await user.post('/api/v1/posts', { title: 'Hello', body: 'World' });
    expect((await user.at(other).get(`/api/v1/posts/${(post.body as { id: number }).id}`)).status).toBe(200);
    const made = await user.post('/exports', { format: 'csv' });
    const path = `/exports/${(made.body as { id: number }).id}`;
    await eventually(async () => {
      const { status, body } = await user.at(other).get(path);
      expect(status).toBe(200);
      return (body as { status: string }).status === 'ready' ? true : undefined;
    });
    expect((await user.at(other).get(`${path}/file`)).status).toBe(200);
  });

  it('a sign-in is visible to the requests with its token', async () => {
    const { id, email } = returning;
    const began = `/audit?subject=users/${id}&action=session.began`;
    expect((await returning.get(began)).body).toHaveLength(1);
    const again = new Actor(id, email, (await signIn(email, PASSWORD, one)).access_token, other);
    expect((await again.get(began)).body).toHaveLength(2);
  });

  it('what a client writes without a token is visible to its requests with one', async () => {
    expect(await both.answers(stranger.at(other))).toBe(true);
    const email = `${randomUUID()}@example.com`;
    const nobody = new Actor(0, '', undefined, one);
    expect((await nobody.post('/users', { email, name: 'Bea', password: PASSWORD })).status).toBe(201);
    expect((await stranger.at(other).get(`/users?search=${email}`)).body).toMatchObject([{ email }]);
  });

  it('a new account can sign in and read its data, and a new password works at once', async () => {
    const email = `${randomUUID()}@example.com`;
    const nobody = new Actor(0, '', undefined, one);
    const made = await nobody.post('/users', { email, name: 'Bea', role: 'user', password: PASSWORD });
    expect(made.status).toBe(201);
    const { id } = made.body as { id: number };
    const user = new Actor(id, email, (await signIn(email, PASSWORD, other)).access_token, other);
    for (const path of ['/users/me', '/profile', `/users/${id}`]) expect((await user.get(path)).status).toBe(200);
    expect((await user.get('/auth/sessions')).body).toHaveLength(1);
    const passwords = { current_password: PASSWORD, new_password: 'Password22' };
    expect((await user.put('/users/me/password', passwords)).status).toBe(204);
    await expect(signIn(email, 'Password22', one)).resolves.toMatchObject({ token_type: 'bearer' });
    await expect(signIn(email, PASSWORD, other)).rejects.toThrow('Incorrect username or password');
  });

  it('reads go to the replica again once it has replayed the writes of the caller', async () => {
    expect(await both.answers(admin)).toBe(false);
    await both.resume();
    await sleep(REPLAYED_AFTER_MS);
    await both.pause();
    expect(await both.answers(admin)).toBe(true);
  });
});
