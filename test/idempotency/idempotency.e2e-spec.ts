import { randomUUID } from 'node:crypto';
import { query } from '../support/database.js';
import { anItem, eventually, stockOf } from '../support/factories.js';
import { Actor, anon, signIn, world } from '../support/world.js';

let user: Actor;
let stranger: Actor;

beforeAll(async () => {
  ({ user, stranger } = await world());
});

const DAY_MS = 86_400_000;
const ordersOf = (item: { id: number }) => query<{ id: number }>('select id from orders where item_id = $1', [item.id]);

/** Returns a function that orders an item, always with the same key. */
function ordering(item: { id: number }, by = user, key: string = randomUUID()) {
  return (quantity = 1) => by.post('/orders', { item_id: item.id, quantity }).set('Idempotency-Key', key);
}

/** Whether the request may be retried: the first one is still in progress, or the server is overloaded. */
const isPutOff = ({ status, headers }: { status: number; headers: Record<string, string> }) =>
  (status === 409 || status === 503) && headers['retry-after'] !== undefined;

/** Returns a function that publishes a post, always with the same key. */
const posting = (title: string) => () => user.post('/api/v1/posts', { title, body: 'x' }).set('Idempotency-Key', title);

describe('an idempotency key', () => {
  it('makes only one of many concurrent requests run, and all successful responses are the same', async () => {
    const item = await anItem({ stock: 100 });
    const order = ordering(item);
    const answers = await Promise.all(Array.from({ length: 20 }, () => order()));
    const made = answers.filter(({ status }) => status === 201);
    expect(new Set(made.map(({ text }) => text)).size).toBe(1);
    expect(made.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    expect(made.length + answers.filter(isPutOff).length).toBe(20);
    expect([await stockOf(item), (await ordersOf(item)).length]).toEqual([99, 1]);
  });

  it('is the same with quotes (as in the IETF draft) and without', async () => {
    const item = await anItem();
    await ordering(item, user, 'with-or-without')();
    const answer = await ordering(item, user, '"with-or-without"')();
    expect(answer.headers['idempotency-replayed']).toBe('true');
  });

  it('is separate for each user and for anonymous callers', async () => {
    const item = await anItem();
    const key = randomUUID();
    await ordering(item, user, key)();
    const answer = await ordering(item, stranger, key)();
    expect([answer.status, answer.headers['idempotency-replayed']]).toEqual([201, undefined]);
    const email = `${key}@example.com`;
    const signedUp = await anon
      .post('/users', { email, name: 'Ann', password: 'Password1' })
      .set('Idempotency-Key', key);
    expect(signedUp.status).toBe(201);
  });

  it('is separate for each operation', async () => {
    const item = await anItem();
    const key = randomUUID();
    const { body } = await ordering(item, user, key)();
    const paid = await user.post(`/orders/${(body as { id: number }).id}/payment`).set('Idempotency-Key', key);
    expect([paid.status, paid.headers['idempotency-replayed']]).toEqual([200, undefined]);
  });

  it('does not replay a response after the session has ended', async () => {
    const item = await anItem();
    const { access_token } = await signIn(user.email);
    const order = ordering(item, new Actor(user.id, user.email, access_token));
    expect((await order()).status).toBe(201);
    await new Actor(user.id, user.email, access_token).post('/auth/logout');
    const answer = await order();
    expect([answer.status, answer.headers['idempotency-replayed']]).toEqual([401, undefined]);
  });

  it('does not replay a response after the caller has lost their role', async () => {
    const { admin, user: customer } = await world();
    const { body } = await ordering(await anItem(), customer)();
    const pay = () => admin.post(`/orders/${(body as { id: number }).id}/payment`).set('Idempotency-Key', 'pay');
    expect((await pay()).status).toBe(200);
    await query(`update users set role = 'user' where id = $1`, [admin.id]);
    const answer = await pay();
    expect([answer.status, answer.headers['idempotency-replayed']]).toEqual([422, undefined]);
  });

  it('is deleted with the account', async () => {
    const { user: leaver } = await world();
    await ordering(await anItem(), leaver)();
    await leaver.delete(`/users/${leaver.id}`);
    expect(await query('select 1 from idempotency_keys where caller_id = $1', [leaver.id])).toEqual([]);
  });

  it('is optional: without a key, the same request runs each time', async () => {
    const item = await anItem();
    for (let time = 0; time < 2; time++) await user.post('/orders', { item_id: item.id, quantity: 1 });
    expect(await stockOf(item)).toBe(8);
  });
});

describe('the key of a failed request', () => {
  it('can be used again once the item is back in stock', async () => {
    const item = await anItem({ stock: 1 });
    const order = ordering(item);
    const refused = await order(2);
    expect([refused.status, refused.body]).toEqual([409, { detail: `Only 1 of item ${item.id} left` }]);
    expect(refused.headers['retry-after']).toBeUndefined();
    await query('update items set stock = 5 where id = $1', [item.id]);
    const made = await order(2);
    expect([made.status, await stockOf(item)]).toEqual([201, 3]);
  });

  it('can be used again with a corrected body', async () => {
    const item = await anItem();
    const order = ordering(item);
    expect((await order(0)).status).toBe(422);
    expect((await order(1)).status).toBe(201);
    expect((await order(0)).status).toBe(422); // validation comes first, and is not compared
  });

  it('can be used again with the current version after a failed precondition', async () => {
    const patch = (tag: string) =>
      user.patch('/profile', { bio: 'Once' }).set('Idempotency-Key', 'versions').set('If-Match', tag);
    const { headers } = await user.get('/profile');
    expect((await patch('"0"')).status).toBe(412);
    expect((await patch(headers['etag']!)).status).toBe(200);
    const again = await patch(headers['etag']!); // the version is old by now, but the request was already processed
    expect([again.status, again.headers['idempotency-replayed']]).toEqual([200, 'true']);
  });

  it('can be used again after an internal error, which leaves no changes', async () => {
    await query(`create function no_date() returns trigger language plpgsql as $$
      begin new.created_at := 'infinity'; return new; end $$`);
    await query(`create trigger no_date before insert on posts for each row when (new.title = 'Never')
      execute function no_date()`);
    expectServerErrors();
    const post = posting('Never');
    expect((await post()).status).toBe(500); // the answer does not match the response model
    expect(await query(`select 1 from posts where title = 'Never'`)).toEqual([]);
    await query('drop trigger no_date on posts');
    expect((await post()).status).toBe(201);
  });
});

describe('the transaction of a request with a key', () => {
  it('is retried with its key after a serialization failure', async () => {
    await query('create sequence tries');
    await query(`create function lose_race() returns trigger language plpgsql as $$
      begin if nextval('tries') < 3 then raise exception 'lost' using errcode = '40001'; end if; return new; end $$`);
    await query(`create trigger lose_race before insert on posts for each row when (new.title = 'Race')
      execute function lose_race()`);
    const post = posting('Race');
    const [first, second] = [await post(), await post()];
    expect([first.status, second.text, second.headers['idempotency-replayed']]).toEqual([201, first.text, 'true']);
    expect(await query(`select 1 from posts where title = 'Race'`)).toHaveLength(1);
  });

  it('is committed once and closed if the client disconnects', async () => {
    const item = await anItem();
    const order = ordering(item);
    await query(`create function be_slow() returns trigger language plpgsql as $$
      begin perform pg_sleep(0.5); return new; end $$`);
    await query(`create trigger be_slow before insert on orders for each row execute function be_slow()`);
    const gone = order().timeout(200);
    await expect(gone).rejects.toThrow(/[Tt]imeout/);
    const answer = await eventually(async () => {
      const tried = await order();
      return tried.status === 409 ? undefined : tried;
    });
    await query('drop trigger be_slow on orders');
    expect([answer.status, await stockOf(item), (await ordersOf(item)).length]).toEqual([201, 9, 1]);
    const open = `select 1 from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`;
    await eventually(async () => ((await query(open)).length === 0 ? true : undefined));
  });
});

describe('after a day', () => {
  const time = { now: Date.now() };
  let app: RunningApp;

  beforeAll(async () => {
    app = await startApp({ providers: { Clock: { now: () => time.now } } });
  });

  const signedIn = async () => {
    const { access_token } = await signIn(user.email, undefined, app.url);
    return new Actor(user.id, user.email, access_token, app.url);
  };

  it('a key can be used for a new request', async () => {
    const item = await anItem();
    const began = time.now;
    const key = randomUUID();
    await ordering(item, await signedIn(), key)();
    time.now = began + DAY_MS - 1000;
    const before = await ordering(item, await signedIn(), key)();
    time.now = began + DAY_MS;
    const after = await ordering(item, await signedIn(), key)(2);
    const again = await ordering(item, await signedIn(), key)(2);
    const replayed = [before, after, again].map(({ headers }) => headers['idempotency-replayed']);
    expect(replayed).toEqual(['true', undefined, 'true']);
    expect(await stockOf(item)).toBe(7);
  });

  it('expired keys are deleted in batches, and other keys are kept', async () => {
    await query(
      `insert into idempotency_keys (caller_id, operation, key, fingerprint, expires_at, status)
       select 0, 'POST /orders', 'old ' || i, '', now() - interval '1 s', 201 from generate_series(1, 2500) i`,
    );
    await ordering(await anItem(), await signedIn(), 'young')();
    await query(`insert into pgboss.job (name, data)
      values ('idempotency-key-clean-up', '{}')`);
    await eventually(async () => {
      const old = await query(`select 1 from idempotency_keys where key like 'old %'`);
      return old.length === 0 ? true : undefined;
    });
    expect(await query(`select 1 from idempotency_keys where key = 'young'`)).toHaveLength(1);
  });
});

it('a response with a secret is never stored: two requests with the same key create two tokens', async () => {
  const { user: owner } = await world();
  const make = () =>
    owner
      .post('/auth/access-tokens', { name: 'x', scope: 'read', expires_in_days: 1 })
      .set('Idempotency-Key', 'secret');
  const [one, two] = [await make(), await make()];
  expect((one.body as { token: string }).token).not.toBe((two.body as { token: string }).token);
  expect(await query('select 1 from idempotency_keys where caller_id = $1', [owner.id])).toEqual([]);
});
