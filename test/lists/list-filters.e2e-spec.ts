import type { Response } from 'supertest';
import { query } from '../support/database.js';
import { pagesOf } from '../support/links.js';
import { type Actor, aUser } from '../support/world.js';

interface Row {
  readonly id: number;
}

const idsOf = ({ body }: Response) => ((body as { items?: Row[] }).items ?? (body as Row[])).map(({ id }) => id);
const insert = async (text: string, ...values: unknown[]) => (await query<Row>(`${text} returning id`, values))[0]!.id;

let admin: Actor;
let ann: Actor;
let bo: Actor;
/** Ids by the names that this file uses. */
const items: Record<string, number> = {};
const orders: Record<string, number> = {};
const posts: Record<string, number> = {};

async function anOrder(name: string, owner: Actor, item: string, status: string, total: number, day: number) {
  orders[name] = await insert(
    `insert into orders (user_id, item_id, quantity, total_cents, status, created_at)
     values ($1, $2, 1, $3, $4, timestamptz '2026-01-01T12:00Z' + $5 * interval '1 day')`,
    owner.id,
    items[item],
    total,
    status,
    day,
  );
}

async function anItem(name: string, price: number, stock: number, day: number) {
  items[name] = await insert(
    `insert into items (name, price_cents, stock, created_at)
     values ($1, $2, $3, timestamptz '2026-01-01T12:00Z' + $4 * interval '1 day')`,
    name,
    price,
    stock,
    day,
  );
}

beforeAll(async () => {
  [admin, ann, bo] = [await aUser({ role: 'admin' }), await aUser(), await aUser()];
  await anItem('lamp', 500, 10, 0);
  await anItem('mug', 0, 0, 1);
  await anItem('desk', 100_000_000, 1, 2);
  await anItem('pen', 500, 1_000_000_000, 3);
  await anOrder('a1', ann, 'lamp', 'new', 500, 0);
  await anOrder('a2', ann, 'mug', 'paid', 0, 1);
  await anOrder('a3', ann, 'lamp', 'paid', 1000, 2);
  await anOrder('a4', ann, 'desk', 'cancelled', 1_000_000_000_000, 3);
  await anOrder('b1', bo, 'lamp', 'paid', 1500, 4);
  await anOrder('b2', bo, 'pen', 'sent', 500, 5);
  for (const [name, owner, day] of [
    ['p1', ann, 0],
    ['p2', bo, 1],
    ['p3', ann, 2],
  ] as const) {
    posts[name] = await insert(
      `insert into posts (user_id, title, body, created_at) values ($1, $2, '', timestamptz '2026-01-01T12:00Z' + $3 * interval '1 day')`,
      owner.id,
      name,
      day,
    );
  }
  await query(`update users set created_at = timestamptz '2026-01-01T12:00Z' + id * interval '1 day'`);
});

const namesIn = (called: Record<string, number>) => (answer: Response) =>
  idsOf(answer).map((id) => Object.entries(called).find(([, one]) => one === id)?.[0] ?? id);

const ORDERS = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2'];

describe('GET /orders with filters', () => {
  const names = namesIn(orders);

  it.each<[string, string[]]>([
    ['status=paid', ['a2', 'a3', 'b1']],
    ['status=new', ['a1']],
    ['status=sent', ['b2']],
    ['status=cancelled', ['a4']],
    ['min_total_cents=0', ORDERS],
    ['min_total_cents=501', ['a3', 'a4', 'b1']],
    ['min_total_cents=500', ['a1', 'a3', 'a4', 'b1', 'b2']],
    ['max_total_cents=500', ['a1', 'a2', 'b2']],
    ['max_total_cents=499', ['a2']],
    ['min_total_cents=500&max_total_cents=500', ['a1', 'b2']],
    ['min_total_cents=501&max_total_cents=500', []],
    ['min_total_cents=1000000000000', ['a4']],
    ['created_from=2026-01-03T12:00:00Z', ['a3', 'a4', 'b1', 'b2']],
    ['created_from=2026-01-03T12:00:00.001Z', ['a4', 'b1', 'b2']],
    ['created_to=2026-01-02T12:00:00Z', ['a1', 'a2']],
    ['created_to=2026-01-02', ['a1']],
    ['created_from=2026-01-02&created_to=2026-01-04', ['a2', 'a3']],
    ['created_from=2026-01-04&created_to=2026-01-02', []],
    ['created_from=2026-01-03T13:00:00%2B01:00&created_to=2026-01-03T12:00:00Z', ['a3']],
    ['status=paid&min_total_cents=500', ['a3', 'b1']],
    ['status=paid&created_to=2026-01-03', ['a2']],
    ['status=paid&sort=-total_cents', ['b1', 'a3', 'a2']],
    ['min_total_cents=500&sort=-created_at', ['b2', 'b1', 'a4', 'a3', 'a1']],
    ['created_from=2026-01-02&sort=total_cents', ['a2', 'b2', 'a3', 'b1', 'a4']],
    ['status=paid&status=sent', ['b2']],
  ])('returns the matching orders for %s, also page by page', async (search, expected) => {
    expect(names(await admin.get(`/orders?${search}`))).toEqual(expected);
    const paged = await pagesOf(admin, `/orders?${search}&limit=1`);
    expect(paged.flatMap(names)).toEqual(expected);
  });

  it('returns the orders for an item, alone and combined with other parameters', async () => {
    const by = async (search: string) => names(await admin.get(`/orders?item_id=${items['lamp']}${search}`));
    expect(await by('')).toEqual(['a1', 'a3', 'b1']);
    expect(await by('&status=paid')).toEqual(['a3', 'b1']);
    expect(await by('&sort=-total_cents&limit=2')).toEqual(['b1', 'a3']);
    expect(await by('&created_to=2026-01-04')).toEqual(['a1', 'a3']);
    expect(names(await admin.get('/orders?item_id=2147483647'))).toEqual([]);
  });

  it('never returns orders of other users', async () => {
    for (const search of [
      '',
      'status=paid',
      'sort=-created_at',
      'min_total_cents=0',
      'created_from=2020-01-01',
      `item_id=${items['lamp']}`,
    ]) {
      const shown = names(await ann.get(`/orders?${search}&limit=100`));
      expect(shown.length).toBeGreaterThan(0);
      expect(shown.filter((name) => !String(name).startsWith('a'))).toEqual([]);
    }
    expect(names(await bo.get('/orders?status=paid&count=true'))).toEqual(['b1']);
  });
});

describe('GET /items with filters', () => {
  const names = namesIn(items);

  it.each<[string, string[]]>([
    ['min_price_cents=1', ['lamp', 'desk', 'pen']],
    ['max_price_cents=0', ['mug']],
    ['max_price_cents=500', ['lamp', 'mug', 'pen']],
    ['min_price_cents=500&max_price_cents=500', ['lamp', 'pen']],
    ['min_price_cents=100000000', ['desk']],
    ['min_price_cents=2&max_price_cents=1', []],
    ['min_stock=1', ['lamp', 'desk', 'pen']],
    ['max_stock=0', ['mug']],
    ['min_stock=2&max_stock=10', ['lamp']],
    ['min_stock=1000000000', ['pen']],
    ['min_stock=1&max_price_cents=500', ['lamp', 'pen']],
    ['min_stock=1&sort=-price_cents', ['desk', 'pen', 'lamp']],
    ['sort=stock', ['mug', 'desk', 'lamp', 'pen']],
    ['search=e&min_stock=1&sort=name', ['desk', 'pen']],
    ['created_from=2026-01-03', ['desk', 'pen']],
    ['created_to=2026-01-02T12:00:00Z&sort=-name', ['mug', 'lamp']],
  ])('returns the matching items for %s, also page by page', async (search, expected) => {
    expect(names(await ann.get(`/items?${search}`))).toEqual(expected);
    const paged = await pagesOf(ann, `/items?${search}&limit=1`);
    expect(paged.flatMap(names)).toEqual(expected);
  });
});

/** Returns the creation time of the account with this id. */
const at = (id: number) => new Date(Date.UTC(2026, 0, 1 + id, 12)).toISOString();

describe('GET /users with filters', () => {
  it('returns active accounts by role and creation time', async () => {
    const listed = async (search: string) => idsOf(await admin.get(`/users?${search}`));
    expect(await listed('role=admin')).toEqual([admin.id]);
    expect(await listed('role=user')).toEqual([ann.id, bo.id]);
    expect(await listed(`created_from=${at(ann.id)}`)).toEqual([ann.id, bo.id]);
    expect(await listed(`created_to=${at(ann.id)}&sort=-created_at`)).toEqual([ann.id, admin.id]);
    expect(await listed(`role=user&created_from=${at(bo.id)}`)).toEqual([bo.id]);
    expect(await listed('role=user&active=false')).toEqual([]);
    expect(await listed('role=admin&sort=name')).toEqual([admin.id]);
  });
});

describe('GET /api/v1/posts with filters', () => {
  const names = namesIn(posts);

  it('returns posts by author and by creation time', async () => {
    const listed = async (search: string) => names(await ann.get(`/api/v1/posts?${search}`));
    expect(await listed(`user_id=${ann.id}`)).toEqual(['p1', 'p3']);
    expect(await listed(`user_id=${bo.id}&sort=-title`)).toEqual(['p2']);
    expect(await listed(`user_id=${ann.id}&sort=-created_at&limit=1`)).toEqual(['p3']);
    expect(await listed('user_id=2147483647')).toEqual([]);
    expect(await listed('created_from=2026-01-02')).toEqual(['p2', 'p3']);
    expect(names(await ann.get(`/users/${ann.id}/posts?sort=-created_at`))).toEqual(['p3', 'p1']);
    expect(names(await ann.get(`/users/${ann.id}/posts?created_to=2026-01-02`))).toEqual(['p1']);
    expect((await ann.get('/users/2147483647/posts?sort=-title&search=x')).status).toBe(404);
  });
});

describe('a filter', () => {
  it.each<[string, string, string]>([
    ['/orders', 'status', ''],
    ['/orders', 'status', 'Paid'],
    ['/orders', 'status', 'paid,new'],
    ['/orders', 'status', "paid' or '1'='1"],
    ['/orders', 'item_id', '0'],
    ['/orders', 'item_id', '2147483648'],
    ['/orders', 'item_id', 'one'],
    ['/orders', 'item_id', ''],
    ['/orders', 'min_total_cents', '-1'],
    ['/orders', 'min_total_cents', '1.5'],
    ['/orders', 'max_total_cents', '1000000000001'],
    ['/orders', 'max_total_cents', 'null'],
    ['/orders', 'created_from', ''],
    ['/orders', 'created_from', 'yesterday'],
    ['/orders', 'created_from', '2026-02-30'],
    ['/orders', 'created_to', '2026-01-01T25:00:00Z'],
    ['/orders', 'created_to', '1767268800'],
    ['/items', 'min_price_cents', '-1'],
    ['/items', 'max_price_cents', '100000001'],
    ['/items', 'min_stock', ' '],
    ['/items', 'max_stock', '1000000001'],
    ['/items', 'min_stock', '1e3'],
    ['/users', 'role', 'root'],
    ['/users', 'role', ''],
    ['/users', 'role', 'ADMIN'],
    ['/users', 'created_from', '0000-01-01'],
    ['/api/v1/posts', 'user_id', '-1'],
    ['/api/v1/posts', 'user_id', 'me'],
    ['/api/v1/posts', 'user_id', '9'.repeat(30)],
    ['/api/v1/posts', 'search', 'x'.repeat(201)],
  ])('of %s rejects %s=%j', async (path, name, value) => {
    const answer = await admin.get(`${path}?${name}=${encodeURIComponent(value)}`);
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toMatchObject([{ loc: ['query', name], input: value }]);
  });
});
