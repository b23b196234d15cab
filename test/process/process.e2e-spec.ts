import pg from 'pg';
import { anItem, eventually } from '../support/factories.js';
import { query } from '../support/database.js';
import { expectRefused } from '../support/refusals.js';
import { anon, aUser, type Actor } from '../support/world.js';

let user: Actor;

beforeAll(async () => {
  user = await aUser();
});

beforeEach(async () => {
  await query('truncate orders, items');
});

/** Creates `customers` who each ordered every one of `items` items. Some orders are cancelled. */
async function manyOrders(customers: number, items: number): Promise<void> {
  await query(
    `insert into items (id, name, price_cents, stock) select i, 'Item ' || i, i, 1 from generate_series(1, $1) i`,
    [items],
  );
  await query(
    `with customers as (
       insert into users (email, name, password_hash)
       select gen_random_uuid() || '@example.com', 'Ann', '' from generate_series(1, $1) returning id
     )
     insert into orders (user_id, item_id, quantity, total_cents, status)
     select c.id, i, 1, 100 + (c.id * 31 + i * 17) % 1000, case when (c.id + i) % 10 = 0 then 'cancelled' else 'paid' end
     from customers c, generate_series(1, $2) i`,
    [customers, items],
  );
}

const holders: pg.Client[] = [];

afterEach(async () => {
  for (const holder of holders.splice(0)) await holder.end();
});

/** Locks the table of orders until the returned function is called or the test ends. */
async function holdOrders(): Promise<() => Promise<unknown>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  holders.push(client);
  await client.connect();
  await client.query('begin');
  await client.query('lock table orders in access exclusive mode');
  return () => client.query('rollback');
}

const waitingReports = () =>
  query<{ pid: number }>(
    `select pid from pg_stat_activity
     where datname = current_database() and application_name = 'aerie-analysis' and wait_event_type = 'Lock'`,
  );

describe('GET /process', () => {
  it('requires authentication', async () => {
    const answer = await anon.get('/process');
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.body).toEqual({ detail: 'Not authenticated' });
  });

  it('returns an empty report if there are no orders', async () => {
    const answer = await user.get('/process');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ orders: 0, items: [], pairs: [] });
  });

  it('returns the same figures for each item as an SQL query', async () => {
    await manyOrders(40, 12);
    const answer = await user.get('/process');
    expect(answer.status).toBe(200);
    const items = await query(
      `select item_id, i.name, count(*)::int as orders, sum(total_cents)::int as revenue_cents,
         (percentile_disc(0.5) within group (order by total_cents))::int as p50_cents,
         (percentile_disc(0.9) within group (order by total_cents))::int as p90_cents,
         (percentile_disc(0.99) within group (order by total_cents))::int as p99_cents
       from orders join items i on i.id = item_id
       where status <> 'cancelled' group by item_id, i.name order by revenue_cents desc, item_id`,
    );
    expect(answer.body.items).toEqual(items);
    const [row] = await query<{ count: number }>(`select count(*)::int from orders where status <> 'cancelled'`);
    expect(answer.body.orders).toBe(row!.count);
  });

  it('returns which items were ordered by the same customers', async () => {
    await manyOrders(40, 12);
    const pairs = await query(
      `select a.item_id, b.item_id as other_item_id, count(distinct a.user_id)::int as customers
       from orders a join orders b on b.user_id = a.user_id and b.item_id > a.item_id
       where a.status <> 'cancelled' and b.status <> 'cancelled'
       group by 1, 2 order by 3 desc, 1, 2 limit 50`,
    );
    expect((await user.get('/process')).body.pairs).toEqual(pairs);
  });

  it('returns the same report twice', async () => {
    await manyOrders(20, 20);
    const [first, second] = [await user.get('/process'), await user.get('/process')];
    expect(first.status).toBe(200);
    expect(second.text).toBe(first.text);
  });

  it('computes the report in a separate thread from the one that serves requests', async () => {
    await manyOrders(300, 200);
    await user.get('/process'); // the thread has started
    const [everywhere, here] = [process.cpuUsage(), process.threadCpuUsage()];
    expect((await user.get('/process')).status).toBe(200);
    const [all, own] = [process.cpuUsage(everywhere), process.threadCpuUsage(here)];
    expect(own.user + own.system).toBeLessThan((all.user + all.system) / 2);
  });

  it('answers eight concurrent requests, and other requests in the meantime', async () => {
    await manyOrders(60, 100);
    const { url } = await startApp({ env: { REQUEST_TIMEOUT_SECONDS: '60' } }); // one thread computes them, in turn
    const state = { running: true };
    const reports = Promise.all(Array.from({ length: 8 }, () => user.at(url).get('/process'))).finally(() => {
      state.running = false;
    });
    const meanwhile: number[] = [];
    while (state.running) meanwhile.push((await anon.at(url).get('/')).status);
    const answers = await reports;
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(meanwhile.length).toBeGreaterThan(8);
    expect(new Set(meanwhile)).toEqual(new Set([200]));
  });
});

describe('failures of GET /process', () => {
  it('a report is cancelled if its client disconnects', async () => {
    await manyOrders(2, 2);
    const release = await holdOrders();
    const report = user.get('/process').timeout(300);
    await expect(report).rejects.toThrow('Timeout');
    await eventually(async () => ((await waitingReports()).length === 0 ? true : undefined));
    await release();
    expect((await user.get('/process')).status).toBe(200);
  });

  it('reports beyond the queue limit are refused with 503, and queued ones are answered', async () => {
    await manyOrders(2, 2);
    const release = await holdOrders();
    const sent = Array.from({ length: 60 }, () => user.get('/process').then((answer) => answer));
    const refused = await Promise.race(sent.map(async (answer) => (await answer).status === 503 && answer));
    expect(refused).toMatchObject({
      body: { detail: 'Too many reports at once, try again' },
      headers: { 'retry-after': '2' },
    });
    await release();
    const statuses = (await Promise.all(sent)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(32);
  });

  it('a lost database connection causes a 503, and the next report works', async () => {
    await manyOrders(2, 2);
    const release = await holdOrders();
    const report = user.get('/process').then((answer) => answer);
    const [{ pid }] = await eventually(async () => {
      const found = await waitingReports();
      return found.length > 0 ? (found as [{ pid: number }]) : undefined;
    });
    await query('select pg_terminate_backend($1)', [pid]);
    expect((await report).status).toBe(503);
    await release();
    expect((await user.get('/process')).status).toBe(200);
  });

  it('a thread that runs out of memory causes a 503, and the next report works', async () => {
    const item = await anItem();
    await query('drop index items_name_search_idx, items_name_id_idx'); // these names are too long for the indexes
    await query(
      `insert into items (name, stock, price_cents) select repeat('x', 900000), 1, 1 from generate_series(1, 450)`,
    );
    await query(`insert into orders (item_id, quantity, total_cents) select id, 1, 1 from items`);
    const answer = await user.get('/process'); // the names do not fit into the thread's memory
    expectRefused(answer, 503, 'The report took too long or needed too much memory');
    await query('delete from orders where item_id <> $1', [item.id]);
    expect((await user.get('/process')).body).toMatchObject({ orders: 1 });
  });
});
