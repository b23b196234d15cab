import type { Response } from 'supertest';
import { query } from '../support/database.js';
import { anItem } from '../support/factories.js';
import { linksOf, pagesOf } from '../support/links.js';
import { isList, OPERATIONS } from '../support/operations.js';
import { above, below, expectInvalid, notAnInteger, tooLong } from '../support/refusals.js';
import { insertion, isRows, neededBy, resourceOf } from '../support/resources.js';
import { type Actor, aUser } from '../support/world.js';

interface Row {
  id: number;
}

const idsOf = ({ body }: Response) => ((body as { items?: Row[] }).items ?? (body as Row[])).map(({ id }) => id);

const insert = async (into: string, values: string, n: number, ...more: unknown[]) => {
  const sql = `insert into ${into} select ${values} from generate_series(1, $1) returning id`;
  return (await query<Row>(sql, [n, ...more])).map(({ id }) => id);
};

interface List {
  table: string;
  path: (admin: Actor) => string;
  /** Adds `n` rows at the end of the list. Returns their ids. */
  add: (n: number, admin: Actor) => Promise<number[]>;
}

/** The lists of tags whose resource (`*.resource.ts`) describes rows of exactly one table. */
const OF_RESOURCES = OPERATIONS.filter(isList).flatMap(({ path, tags }): [string, List][] => {
  const [rows, more] = Object.values(resourceOf(tags[0]!)?.subjects ?? {}).filter(isRows);
  if (rows === undefined || more !== undefined || path.replace('{user_id}', '').includes('{')) return [];
  const add: List['add'] = async (n, { id }) => {
    const numbers = 'select i, $1::int as owner from generate_series(1, $2::int) i';
    for (const one of neededBy(rows)) await query(insertion(one, numbers), [id, 1]);
    return (await query<Row>(`${insertion(rows, numbers)} returning id`, [id, n])).map((row) => row.id);
  };
  return [[path, { table: rows.table, path: ({ id }) => path.replace('{user_id}', String(id)), add }]];
});

/** Every list, as an admin sees it. */
const LISTS: readonly (readonly [string, List])[] = [
  [
    '/items',
    {
      table: 'items',
      path: () => '/items',
      add: (n) => insert('items (name, price_cents, stock)', `'Item', 1, 1`, n),
    },
  ],
  [
    '/users',
    {
      table: 'users',
      path: () => '/users',
      add: (n) => insert('users (email, name, password_hash)', `gen_random_uuid() || '@example.com', 'Ann', ''`, n),
    },
  ],
  [
    '/orders',
    {
      table: 'orders',
      path: () => '/orders',
      add: async (n) =>
        insert('orders (item_id, quantity, total_cents)', '$2::int, 1, 1', n, (await anItem({ stock: n })).id),
    },
  ],
  [
    '/auth/access-tokens',
    {
      table: 'access_tokens',
      path: () => '/auth/access-tokens',
      add: (n, { id }) =>
        insert(
          'access_tokens (user_id, name, scope, token_hash, expires_at)',
          `$2::int, 'export', 'read', gen_random_uuid(), now()`,
          n,
          id,
        ),
    },
  ],
  ...OF_RESOURCES,
];

const PAGE = ['query', 'page'];
const LIMIT = ['query', 'limit'];
const CURSOR = String.raw`^(?:\d{1,16}|[\da-f]{32})\.\d{1,14}(?:\.[\w-]{2,2000})?$`;
const badCursor = (name: 'after' | 'before', input: string) => ({
  type: 'string_pattern_mismatch',
  loc: ['query', name],
  msg: `String should match pattern '${CURSOR}'`,
  input,
  ctx: { pattern: CURSOR },
});

describe.each(LISTS)('GET %s', (_name, { table, path, add }) => {
  it('returns ten rows by default, in a stable order', async () => {
    const admin = await aUser({ role: 'admin' });
    const added = await add(12, admin);
    const answer = await admin.get(path(admin));
    expect(answer.status).toBe(200);
    const first = idsOf(answer);
    expect(first).toHaveLength(10);
    expect(first).toEqual(first.toSorted((a, b) => a - b));
    await query(`update ${table} set created_at = now() where id = any($1)`, [[added[0], first[0]]]);
    expect(idsOf(await admin.get(path(admin)))).toEqual(first);
  });

  it('returns a page by its number, and an empty page beyond the end', async () => {
    const admin = await aUser({ role: 'admin' });
    await add(7, admin);
    const six = idsOf(await admin.get(`${path(admin)}?limit=6`));
    expect(idsOf(await admin.get(`${path(admin)}?page=2&limit=3`))).toEqual(six.slice(3));
    const beyond = await admin.get(`${path(admin)}?page=2147483647&limit=100`);
    expect({ status: beyond.status, ids: idsOf(beyond) }).toEqual({ status: 200, ids: [] });
    expect(Object.keys(linksOf(beyond))).toEqual(['first']);
  });

  it('refuses pages and limits out of bounds', async () => {
    const admin = await aUser({ role: 'admin' });
    const get = (search: string) => admin.get(`${path(admin)}?${search}`);
    expectInvalid(await get('limit=0&page=0'), below(1, PAGE, '0'), below(1, LIMIT, '0'));
    expectInvalid(await get('page=-1&limit=101'), below(1, PAGE, '-1'), above(100, LIMIT, '101'));
    expectInvalid(await get('page=2147483648'), above(2_147_483_647, PAGE, '2147483648'));
    expectInvalid(await get('page=first&limit='), notAnInteger(PAGE, 'first'), notAnInteger(LIMIT, ''));
    expect((await get('page=1&limit=100')).status).toBe(200);
  });

  it('refuses invalid cursors', async () => {
    const admin = await aUser({ role: 'admin' });
    const get = (search: string) => admin.get(`${path(admin)}?${search}`);
    for (const bad of [
      '',
      'x',
      '1',
      '1.',
      '.1',
      '-1.0',
      '1.0.0',
      '99999999999999999.0',
      `1.${'9'.repeat(15)}`,
      '1.0\n',
    ])
      expectInvalid(await get(`after=${encodeURIComponent(bad)}`), badCursor('after', bad));
    expectInvalid(await get('page=0&before=x'), below(1, PAGE, '0'), badCursor('before', 'x'));
    const long = '1'.repeat(2049);
    expectInvalid(await get(`after=${long}`), tooLong(2048, ['query', 'after'], long));
    expect((await get('after=9999999999.99999999999999')).status).toBe(200);
    expect((await get('before=9999999999.99999999999999')).status).toBe(200);
  });

  it('links to the next and the previous page', async () => {
    const admin = await aUser({ role: 'admin' });
    const added = await add(11, admin);
    const there = await pagesOf(admin, `${path(admin)}?limit=4`);
    const ids = there.flatMap(idsOf);
    expect(ids.slice(-11)).toEqual(added);
    expect(new Set(ids).size).toBe(ids.length);
    expect(there.map((page) => linksOf(page).prev !== undefined)).toEqual(there.map((_page, at) => at > 0));
    const back = [there.at(-1)!];
    for (let prev = linksOf(back[0]!).prev; prev !== undefined; prev = linksOf(back[0]!).prev)
      back.unshift(await admin.get(prev));
    expect(back.map(idsOf)).toEqual(there.map(idsOf));
    expect(idsOf(await admin.get(linksOf(back[0]!).next!))).toEqual(idsOf(there[1]!));
    expect(idsOf(await admin.get(linksOf(there.at(-1)!).first!))).toEqual(idsOf(there[0]!));
  });

  it('shows each remaining row exactly once while other rows are added and deleted', async () => {
    const admin = await aUser({ role: 'admin' });
    const added = await add(24, admin);
    const gone = new Set<number>();
    let come = 0;
    const pages = await pagesOf(admin, `${path(admin)}?page=1&limit=4`, async (page) => {
      const seen = idsOf(page);
      const ahead = added.find((id) => id > seen.at(-1)!);
      // the row that the cursor points at, a row already seen, and a row still to come
      const victims = added.filter((id) => [seen.at(-1), seen[1], ahead].includes(id));
      await query(`delete from ${table} where id = any($1)`, [victims]);
      for (const id of victims) gone.add(id);
      if (come++ < 5) await add(2, admin);
    });
    const ids = pages.flatMap(idsOf);
    const staying = added.filter((id) => !gone.has(id));
    expect(gone.size).toBeGreaterThan(8);
    expect(staying.length).toBeGreaterThan(8);
    expect(ids.filter((id) => staying.includes(id))).toEqual(staying);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('uses the cursor if both a cursor and a page number are sent', async () => {
    const admin = await aUser({ role: 'admin' });
    await add(8, admin);
    const [first, second] = await pagesOf(admin, `${path(admin)}?limit=3`);
    const next = linksOf(first!).next!;
    expect(idsOf(await admin.get(`${next}&page=1`))).toEqual(idsOf(second!));
    expect(linksOf(first!)).toEqual({ first: `${path(admin)}?limit=3`, next });
    const numbered = await admin.get(`${path(admin)}?page=2&limit=3`);
    expect(linksOf(numbered)).toEqual(linksOf(second!));
  });
});
