import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { constants, gunzipSync } from 'node:zlib';
import { aBigCustomer, exporting, nobodyExports } from '../support/big-export.js';
import { query } from '../support/database.js';
import { Download } from '../support/download.js';
import { anItem, anOrder } from '../support/factories.js';
import { aUser, type Actor } from '../support/world.js';

const NDJSON = 'application/x-ndjson';

/** Creates an account with one order of an item with this name. */
async function aCustomerOf(name: string): Promise<{ customer: Actor; order: { id: number; item_id: number } }> {
  const customer = await aUser();
  return { customer, order: await anOrder({ user_id: customer.id, item_id: (await anItem({ name })).id }) };
}

/** Creates an account with one order for each item name. */
async function aCustomerOfAll(names: readonly string[]): Promise<Actor> {
  const customer = await aUser();
  await query(
    `with made as (insert into items (name, stock, price_cents) select name, 1, 1 from unnest($2::text[])
       with ordinality as t (name, i) order by i returning id)
     insert into orders (user_id, item_id, quantity, total_cents) select $1, id, 1, 1 from made order by id`,
    [customer.id, names],
  );
  return customer;
}

const asked = (customer: Actor, headers: Record<string, string>) => Download.start(customer, '/export', headers);

describe('content negotiation', () => {
  it.each([
    [undefined, 'text/csv; charset=utf-8'],
    ['*/*', 'text/csv; charset=utf-8'],
    ['text/csv', 'text/csv; charset=utf-8'],
    ['application/json', 'text/csv; charset=utf-8'], // not supported: the default is better than an error
    [NDJSON, NDJSON],
    ['application/*', NDJSON],
    [`text/csv;q=0.5, ${NDJSON}`, NDJSON],
    [`text/csv, ${NDJSON};q=0.9`, 'text/csv; charset=utf-8'],
    ['text/csv;q=0, */*', NDJSON],
    ['text/html, */*;q=0.1', 'text/csv; charset=utf-8'],
  ])('Accept: %s selects the type %s', async (accept, type) => {
    const { customer } = await aCustomerOf('Lamp');
    const { answer } = await asked(customer, accept === undefined ? {} : { Accept: accept });
    expect(answer.headers).toMatchObject({
      'content-type': type,
      'content-disposition': `attachment; filename=data.${type === NDJSON ? 'ndjson' : 'csv'}`,
      vary: 'Accept, Accept-Encoding, Origin',
    });
    answer.resume();
  });

  it.each([
    [undefined, undefined],
    ['gzip', 'gzip'],
    ['br, gzip;q=0.5', 'gzip'],
    ['*', 'gzip'],
    ['identity', undefined],
    ['gzip;q=0', undefined],
    ['identity, gzip;q=0.5', undefined],
  ])('Accept-Encoding: %s selects the encoding %s', async (accept, encoding) => {
    const { customer } = await aCustomerOf('Lamp');
    const download = await asked(customer, accept === undefined ? {} : { 'Accept-Encoding': accept });
    expect(download.answer.headers['content-encoding']).toBe(encoding);
    const bytes = await download.bytes();
    expect((encoding ? gunzipSync(bytes) : bytes).toString()).toMatch(
      /^id,user_id.*\n\d+,\d+,\d+,Lamp,1,250,new,.*\n$/,
    );
  });
});

describe('NDJSON', () => {
  it('has one JSON object per line, with numbers as numbers and texts unchanged', async () => {
    const { customer, order } = await aCustomerOf('=1+1 "x" \\ \u0001\n😀');
    const text = await (await asked(customer, { Accept: NDJSON })).text();
    expect(text.match(/\n/g)).toHaveLength(1);
    const [stored] = await query<{ created_at: Date }>('select created_at from orders where id = $1', [order.id]);
    expect(JSON.parse(text)).toEqual({
      id: order.id,
      user_id: customer.id,
      item_id: order.item_id,
      item: '=1+1 "x" \\ \u0001\n😀', // no apostrophe: spreadsheets do not open this format
      quantity: 1,
      total_cents: 250,
      status: 'new',
      created_at: stored!.created_at.toISOString(),
    });
  });

  it('is empty if there are no orders', async () => {
    expect(await (await asked(await aUser(), { Accept: NDJSON })).text()).toBe('');
  });
});

it('any text can be read back unchanged from both formats, and no CSV field is a formula', async () => {
  const text = fc
    .string({ unit: 'binary', maxLength: 20 })
    .filter((name) => !name.includes('\0') && name.isWellFormed());
  const risky = fc.tuple(fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '＝', '"', '\\.', ','), text);
  const names = fc.sample(
    fc.oneof(
      text,
      risky.map(([sign, rest]) => sign + rest),
    ),
    2000,
  );
  const customer = await aCustomerOfAll(names);
  const csv = parse<{ item: string }>(await (await asked(customer, {})).text(), { columns: true });
  const lines = (await (await asked(customer, { Accept: NDJSON })).text()).split('\n').slice(0, -1);
  expect(lines.map((line) => (JSON.parse(line) as { item: string }).item)).toEqual(names);
  expect(csv.filter(({ item }) => /^[=+\-@\t\r\n＝＋－＠]/.test(item))).toEqual([]);
  expect(csv.map(({ item }, i) => (item === `'${names[i]}` ? item.slice(1) : item))).toEqual(names);
  expect(csv.filter(({ item }, i) => item !== names[i]).length).toBeGreaterThan(500);
});

describe('a long export with gzip', () => {
  let customer: Actor;

  beforeAll(async () => {
    customer = await aBigCustomer();
  });

  afterEach(() => nobodyExports(10_000));

  it('sends its first rows while the query is still running', async () => {
    const download = await asked(customer, { 'Accept-Encoding': 'gzip' });
    const first = gunzipSync(await download.first(), { finishFlush: constants.Z_SYNC_FLUSH });
    expect(first.toString()).toMatch(/^id,user_id,/);
    expect(await exporting()).toHaveLength(1);
    download.leave();
  });

  it('ends its database query if the client disconnects', async () => {
    const paused = await asked(customer, { 'Accept-Encoding': 'gzip' });
    paused.leave();
    await nobodyExports(2000);
  });
});

describe('HEAD', () => {
  it.each([
    [{}, 'text/csv; charset=utf-8', undefined],
    [{ Accept: NDJSON, 'Accept-Encoding': 'gzip' }, NDJSON, 'gzip'],
  ])('with %j returns the headers of GET without running an export', async (headers, type, encoding) => {
    const { customer } = await aCustomerOf('Lamp');
    const answer = await customer.send('head' as 'get', '/export').set({ 'Accept-Encoding': 'identity', ...headers });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe(type);
    expect(answer.headers['content-encoding']).toBe(encoding);
    expect(await exporting()).toEqual([]);
    const told = await query<{ action: string }>('select action from audit_events where actor_id = $1', [customer.id]);
    expect(told.map(({ action }) => action)).not.toContain('orders.exported');
  });
});
