import pg from 'pg';
import { query } from '../support/database.js';
import { anItem, anOrder, auditOf, eventually, stockOf } from '../support/factories.js';
import { amid, WAITING } from '../support/races.js';
import { Actor, world } from '../support/world.js';

let user: Actor;
let admin: Actor;

beforeAll(async () => {
  ({ user, admin } = await world());
});

/** Makes PostgreSQL abort the next `count` transactions that insert an order: at the statement or at the commit. */
async function loseRaces(count: number, when: 'statement' | 'commit'): Promise<void> {
  await query('drop sequence if exists races cascade');
  await query('create sequence races'); // a rollback does not reset it
  await query(`create or replace function lose_race() returns trigger language plpgsql as $$ begin
    if nextval('races') <= ${count} then raise 'lost' using errcode = '40001'; end if;
    return null;
  end $$`);
  await query(`create constraint trigger lose_race after insert on orders
    deferrable initially ${when === 'commit' ? 'deferred' : 'immediate'} for each row execute function lose_race()`);
}

const triesMade = async () =>
  Number((await query<{ last_value: string }>('select last_value from races'))[0]!.last_value);

describe('a transaction with a serialization failure', () => {
  afterEach(() => query('drop trigger lose_race on orders'));

  it.each(['statement', 'commit'] as const)('is retried and takes effect once if the %s fails', async (when) => {
    const item = await anItem({ stock: 5 });
    await loseRaces(3, when);
    const answer = await user.post('/orders', { item_id: item.id, quantity: 2 });
    expect([answer.status, await triesMade(), await stockOf(item)]).toEqual([201, 4, 3]);
    const orders = await query('select id from orders where item_id = $1', [item.id]);
    expect(orders).toEqual([{ id: answer.body.id }]);
    const jobs = await query(`select 1 from pgboss.job where (data->>'order_id')::int = $1`, [answer.body.id]);
    expect(jobs).toHaveLength(1);
  });

  it.each(['statement', 'commit'] as const)(
    'is answered with 503 after three retries if the %s fails',
    async (when) => {
      const item = await anItem({ stock: 5 });
      await loseRaces(1000, when);
      const answer = await user.post('/orders', { item_id: item.id, quantity: 2 });
      expect([answer.status, answer.body]).toEqual([
        503,
        { detail: 'Another request is changing the same data, try again' },
      ]);
      expect(answer.headers['retry-after']).toBe('1');
      expect([await triesMade(), await stockOf(item)]).toEqual([4, 5]);
    },
  );
});

it('a transaction is retried after a real deadlock in which it is the victim', async () => {
  const order = await anOrder({ user_id: user.id });
  const other = new pg.Client({ connectionString: databaseUrl });
  await other.connect();
  await other.query(`set deadlock_timeout = '60s'; begin`); // so that the application detects the deadlock first
  await other.query('select 1 from items where id = $1 for update', [order.item_id]);
  const answer = user.post(`/orders/${order.id}/cancellation`).then((it) => it); // locks the order, waits for the item
  await eventually(async () => ((await query(WAITING)).length > 0 ? true : undefined));
  await other.query('select 1 from orders where id = $1 for update', [order.id]);
  await other.end();
  expect((await answer).status).toBe(200);
  expect((await auditOf(`orders/${order.id}`)).map(({ action }) => action)).toEqual(['order.moved']);
});

describe('on a database with serializable transactions by default', () => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await startApp();
    const url = new URL(databaseUrl);
    await query(`alter database "${url.pathname.slice(1)}" set default_transaction_isolation = 'serializable'`);
    await query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'aerie'`); // it affects new connections only
  });

  it('a change to a row that was changed concurrently is applied to the new version', async () => {
    const item = await anItem({ name: 'Kite', stock: 1 });
    const answer = await amid('update items set stock = 7 where id = $1', [item.id], () =>
      admin
        .at(app.url)
        .patch(`/items/${item.id}`, { name: 'Red kite' })
        .then((it) => it),
    );
    expect([answer.status, answer.body]).toEqual([200, expect.objectContaining({ name: 'Red kite', stock: 7 })]);
  });
});
