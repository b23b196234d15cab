import { aBigCustomer, exporting, nobodyExports } from '../support/big-export.js';
import { Download } from '../support/download.js';
import { anItem, anOrder, eventually } from '../support/factories.js';
import { parseCsv } from './csv.js';
import { query } from '../support/database.js';
import { anon, aUser, world, type Actor } from '../support/world.js';

const HEADER = ['id', 'user_id', 'item_id', 'item', 'quantity', 'total_cents', 'status', 'created_at'];

/** Returns an account's exported orders, by column. */
async function exported(actor: Actor): Promise<Record<string, string>[]> {
  const answer = await actor.get('/export');
  expect(answer.status).toBe(200);
  const [header, ...rows] = parseCsv(answer.text);
  expect(header).toEqual(HEADER);
  return rows.map((row) => Object.fromEntries(row.map((value, i) => [HEADER[i], value])));
}

/** Returns an item's name as the export has it. */
async function nameOf(name: string): Promise<string | undefined> {
  const user = await aUser();
  await anOrder({ user_id: user.id, item_id: (await anItem({ name })).id });
  return (await exported(user))[0]!['item'];
}

describe('GET /export', () => {
  it('requires authentication', async () => {
    const answer = await anon.get('/export');
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.body).toEqual({ detail: 'Not authenticated' });
  });

  it('streams a CSV file as an attachment', async () => {
    const { user } = await world();
    const { headers } = await user.get('/export');
    expect(headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename=data.csv',
      'x-content-type-options': 'nosniff',
      'transfer-encoding': 'chunked',
    });
    expect(headers['content-length']).toBeUndefined();
  });

  it('returns only the header row if there are no orders', async () => {
    const { user } = await world();
    expect((await user.get('/export')).text).toBe(`${HEADER.join(',')}\n`);
  });

  it('contains every column of an order', async () => {
    const { user } = await world();
    const item = await anItem({ name: 'Schöne Lampe, 40 W' });
    const order = await anOrder({ user_id: user.id, item_id: item.id, status: 'paid' });
    const [row] = await exported(user);
    expect(row).toEqual({
      id: String(order.id),
      user_id: String(user.id),
      item_id: String(item.id),
      item: 'Schöne Lampe, 40 W',
      quantity: '1',
      total_cents: '250',
      status: 'paid',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    const [stored] = await query<{ created_at: Date }>('select created_at from orders where id = $1', [order.id]);
    expect(row!['created_at']).toBe(stored!.created_at.toISOString());
  });

  it('returns their own orders to users and all orders to admins, sorted by id', async () => {
    const { user, stranger, admin } = await world();
    const orders = [];
    for (const { id } of [user, stranger, user]) orders.push(await anOrder({ user_id: id }));
    const [first, foreign, second] = orders.map(({ id }) => String(id));
    expect((await exported(user)).map(({ id }) => id)).toEqual([first, second]);
    expect((await exported(stranger)).map(({ id }) => id)).toEqual([foreign]);
    const all = (await exported(admin)).map(({ id }) => Number(id));
    const stored = await query<{ id: number }>('select id from orders order by id');
    expect(all).toEqual(stored.map(({ id }) => id));
  });

  it('records the caller in the audit trail', async () => {
    const { user } = await world();
    const answer = await user.get('/export');
    const events = await query(
      `select actor_id, subject, request_id from audit_events where action = 'orders.exported' and actor_id = $1`,
      [user.id],
    );
    expect(events).toEqual([{ actor_id: user.id, subject: 'orders', request_id: answer.headers['x-request-id'] }]);
  });
});

describe('texts in the export', () => {
  it.each([
    'plain',
    'a,b',
    'say "hi"',
    '"',
    'two\nlines',
    'dos\r\nlines',
    ' spaces ',
    '',
    '\\.',
    'ünï 😀',
    "it's",
    'a=b',
    'x@y',
  ])('are unchanged: %j', async (name) => {
    expect(await nameOf(name)).toBe(name);
  });

  it.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '＝1',
    '＋1',
    '－1',
    '＠x',
    '=cmd|\' /C calc\'!"A,1"',
  ])('are escaped with an apostrophe if they start like a formula: %j', async (name) => {
    expect(await nameOf(name)).toBe(`'${name}`);
  });
});

describe('a long export', () => {
  let customer: Actor;
  /** Four accounts with exports of the same size. Three are admins, who export the orders of all users. */
  let four: Actor[];

  beforeAll(async () => {
    customer = await aBigCustomer();
    const admins = Array.from({ length: 3 }, () => aUser({ role: 'admin' }));
    four = [customer, ...(await Promise.all(admins))];
  });

  afterEach(() => nobodyExports(10_000));

  it('is a snapshot without the orders that are placed while it runs', async () => {
    const download = await Download.start(customer, '/export');
    const late = await anOrder({ user_id: customer.id });
    await query(`update items set name = 'changed' where id = $1`, [late.item_id]);
    const rows = parseCsv(await download.text());
    expect(rows).toHaveLength(40_001);
    expect(rows.some(([id]) => id === String(late.id))).toBe(false);
    await query('delete from orders where id = $1', [late.id]);
  });

  it('ends its database query and is logged as aborted if the client disconnects', async () => {
    const download = await Download.start(customer, '/export');
    expect(await exporting()).toHaveLength(1);
    download.leave();
    await nobodyExports(2000);
    expect((await customer.get('/orders')).status).toBe(200);
    expect(logs.some(({ msg }) => String(msg).startsWith('An export was aborted'))).toBe(true);
  });

  it.each([
    ['CSV', {}],
    ['NDJSON', { Accept: 'application/x-ndjson' }],
    ['gzip', { 'Accept-Encoding': 'gzip' }],
  ])('as %s breaks off if the database fails, and the application continues to work', async (_as, headers) => {
    const download = await Download.start(customer, '/export', headers);
    expect(download.answer.statusCode).toBe(200);
    const [running] = await exporting();
    await query('select pg_terminate_backend($1)', [running!.pid]);
    await expect(download.text()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await customer.get('/orders')).status).toBe(200);
  });

  it('is refused with 503 while four others run, and is accepted again when they end', async () => {
    const others = await Promise.all(four.map((one) => Download.start(one, '/export')));
    const small = await aUser();
    const answer = await small.get('/export');
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('5');
    expect(answer.body).toEqual({ detail: 'Too many exports at once, try again' });
    for (const other of others) other.leave();
    await eventually(async () => ((await small.get('/export')).status === 200 ? true : undefined), 2000);
  });

  it('is limited per account, so that slots remain for other accounts', async () => {
    const asked = await Promise.all(Array.from({ length: 8 }, () => Download.start(customer, '/export')));
    const taken = asked.filter(({ answer }) => answer.statusCode === 200);
    expect([taken.length, asked.filter(({ answer }) => answer.statusCode === 503).length]).toEqual([2, 6]);
    const [, admin] = four;
    const more = await Promise.all([1, 2].map(() => Download.start(admin!, '/export')));
    expect(new Set(more.map(({ answer }) => answer.statusCode))).toEqual(new Set([200, 503]));
    expect((await (await aUser()).get('/export')).status).toBe(200);
    for (const one of [...asked, ...more]) one.leave();
  });

  it('uses no connection of the pool for requests', async () => {
    const small = await startApp({ env: { DATABASE_POOL_SIZE: '1', DATABASE_POOL_OVERFLOW: '0' } });
    const downloads = await Promise.all(four.map((one) => Download.start(one, '/export', {}, small.url)));
    expect((await customer.at(small.url).get('/orders')).status).toBe(200);
    for (const download of downloads) download.leave();
    await small.stop();
  });

  it('leaves no broken connection in the pool if clients disconnect', async () => {
    for (let round = 0; round < 3; round++) {
      const downloads = await Promise.all(four.map((one) => Download.start(one, '/export')));
      const requests = downloads.flatMap((download) => {
        download.leave();
        return Array.from({ length: 10 }, () => customer.get('/orders'));
      });
      expect(new Set((await Promise.all(requests)).map(({ status }) => status))).toEqual(new Set([200]));
      await nobodyExports(2000);
    }
  });
});
