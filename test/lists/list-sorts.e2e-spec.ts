import type { Response } from 'supertest';
import { query } from '../support/database.js';
import { linksOf, pagesOf } from '../support/links.js';
import { expectInvalid } from '../support/refusals.js';
import { type Actor, aUser } from '../support/world.js';

interface Row {
  id: number;
}

const idsOf = ({ body }: Response) => ((body as { items?: Row[] }).items ?? (body as Row[])).map(({ id }) => id);

/** SQL for column values: every value occurs in several rows, and no column is in the order of the ids. */
const TIED = {
  time: `timestamptz '2026-01-01Z' + (i * 7 % 4) * interval '1 day'`,
  number: '(i * 5 % 3) * 100',
  text: `(array['Ännchen', 'ann', 'Ann', 'Bo, "x"', 'ΩΩ', 'bo'])[1 + i * 5 % 6]`,
};

interface List {
  readonly path: string;
  readonly table: string;
  /** SQL condition for the rows that the list contains. */
  readonly rows: string;
  readonly insert: string;
  readonly sorts: readonly string[];
}

const N = 'from generate_series(1, 23) i';

const LISTS: readonly List[] = [
  {
    path: '/orders',
    table: 'orders',
    rows: 'true',
    insert: `with item as (insert into items (name, price_cents, stock) values ('Lamp', 1, 1) returning id)
      insert into orders (user_id, item_id, quantity, total_cents, created_at)
      select $1, item.id, 1, ${TIED.number}, ${TIED.time} from item, generate_series(1, 23) i`,
    sorts: [
      'created_at',
      '-created_at',
      'total_cents',
      '-total_cents',
      'created_at,-total_cents',
      '-total_cents,created_at',
    ],
  },
  {
    path: '/users?search=sorted.example',
    table: 'users',
    rows: `is_active and email like '%sorted.example'`,
    insert: `insert into users (email, name, password_hash, created_at)
      select 'u' || i * 7 % 23 || '.' || $1 || '@sorted.example', ${TIED.text}, '', ${TIED.time} ${N}`,
    sorts: [
      'name',
      '-name',
      'email',
      '-email',
      'created_at',
      '-created_at',
      'name,-created_at',
      '-created_at,name,-email',
    ],
  },
  {
    path: '/items?min_price_cents=0',
    table: 'items',
    rows: 'true',
    insert: `insert into items (name, price_cents, stock, created_at)
      select ${TIED.text}, ${TIED.number}, i * 3 % 5 + $1 * 0, ${TIED.time} ${N}`,
    sorts: [
      'name',
      '-price_cents',
      'price_cents',
      'stock',
      '-stock',
      '-created_at',
      'stock,-name',
      '-price_cents,created_at,-name,stock',
    ],
  },
  {
    path: '/api/v1/posts',
    table: 'posts',
    rows: 'true',
    insert: `insert into posts (user_id, title, body, created_at) select $1, ${TIED.text}, '', ${TIED.time} ${N}`,
    sorts: ['title', '-title', 'created_at', '-created_at', 'title,-created_at'],
  },
  {
    path: '/audit?action=sorted',
    table: 'audit_events',
    rows: `action = 'sorted'`,
    insert: `insert into audit_events (action, subject, actor_id) select 'sorted', 'users/' || i, $1 ${N}`,
    sorts: ['id', '-id'],
  },
];

let admin: Actor;

beforeAll(async () => {
  admin = await aUser({ role: 'admin' });
  for (const { insert } of LISTS) await query(insert, [admin.id]);
});

/** Returns the ids in PostgreSQL's order for this sort. Ties are sorted by id, in the direction of the first column. */
async function sorted({ table, rows }: List, sort: string): Promise<number[]> {
  const keys = sort.split(',').map((key) => key.replace(/^-(.*)/, '$1 desc'));
  const order = [...keys, sort.startsWith('-') ? 'id desc' : 'id'].join(', ');
  const found = await query<{ id: number | string }>(`select id from ${table} where ${rows} order by ${order}`);
  return found.map(({ id }) => Number(id)); // ids of the audit trail are bigint, which arrive as strings
}

const withSort = (path: string, sort: string, more = '') =>
  `${path}${path.includes('?') ? '&' : '?'}sort=${encodeURIComponent(sort)}${more}`;

const CASES = LISTS.flatMap((list) => list.sorts.map((sort) => [list.path, sort, list] as const));

describe.each(CASES)('%s sorted by %s', (path, sort, list) => {
  it('shows each row once, forwards and backwards, even if rows have equal values', async () => {
    const ids = await sorted(list, sort);
    expect(ids.length).toBeGreaterThanOrEqual(23);
    const there = await pagesOf(admin, withSort(path, sort, '&limit=4'));
    expect(there.flatMap(idsOf)).toEqual(ids);
    const back = [there.at(-1)!];
    for (let prev = linksOf(back[0]!).prev; prev !== undefined; prev = linksOf(back[0]!).prev)
      back.unshift(await admin.get(prev));
    expect(back.map(idsOf)).toEqual(there.map(idsOf));
    expect(linksOf(back[0]!).prev).toBeUndefined();
    expect(idsOf(await admin.get(linksOf(there.at(-1)!).first!))).toEqual(ids.slice(0, 4));
  });

  it('returns a page by its number, with links to the next and the previous page', async () => {
    const ids = await sorted(list, sort);
    const third = await admin.get(withSort(path, sort, '&limit=5&page=3'));
    expect(idsOf(third)).toEqual(ids.slice(10, 15));
    expect(idsOf(await admin.get(linksOf(third).next!))).toEqual(ids.slice(15, 20));
    expect(idsOf(await admin.get(linksOf(third).prev!))).toEqual(ids.slice(5, 10));
  });

  it('returns cursors that other sort orders reject', async () => {
    const { next } = linksOf(await admin.get(withSort(path, sort, '&limit=5')));
    const cursor = new URL(next!, 'http://a').searchParams.get('after')!;
    const others = list.sorts.filter((one) => one !== sort && one !== list.sorts[1]);
    for (const other of others.slice(0, 3)) {
      for (const name of ['after', 'before']) {
        const msg = 'Value error, This cursor belongs to another list or sort order';
        expectInvalid(await admin.get(withSort(path, other, `&${name}=${cursor}`)), {
          type: 'value_error',
          loc: ['query', name],
          msg,
          input: cursor,
          ctx: { error: {} },
        });
      }
    }
  });
});

describe('a sorted list that changes while a client pages through it', () => {
  it('shows each remaining row exactly once', async () => {
    const gone = new Set<number>();
    const before = await sorted(LISTS[3]!, '-title');
    const pages = await pagesOf(admin, '/api/v1/posts?sort=-title&limit=3', async (page) => {
      const [first, , last] = idsOf(page);
      await query('delete from posts where id = any($1)', [[first, last]]); // the cursor points at one of them
      for (const id of [first, last]) if (id !== undefined) gone.add(id);
      await query(`insert into posts (user_id, title, body) values ($1, '0', '')`, [admin.id]); // at the list's end
    });
    const staying = before.filter((id) => !gone.has(id));
    const seen = pages.flatMap(idsOf);
    expect(gone.size).toBeGreaterThan(10);
    expect(seen.filter((id) => staying.includes(id))).toEqual(staying);
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe('texts that are too long for an index', () => {
  it('are sorted by their prefixes, and by id if the prefixes are equal', async () => {
    const long = `'long ' || (select string_agg(md5(j::text), '') from generate_series(1, 200) j)`;
    const made = await query<Row>(`insert into items (name, price_cents, stock)
      select ${long} || i, 1, 1 from generate_series(5, 1, -1) i returning id`);
    const ids = made.map(({ id }) => id);
    const pages = await pagesOf(admin, '/items?search=long&sort=name&limit=2');
    expect(pages.map(idsOf)).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
    expect(idsOf(await admin.get(linksOf(pages[1]!).prev!))).toEqual(ids.slice(0, 2));
    expect(idsOf(await admin.get('/items?search=long&sort=-name&limit=1'))).toEqual(ids.slice(4));
    await query('delete from items where id = any($1)', [ids]);
  });
});

describe('the default sort order of a list', () => {
  it('is by id (descending for the audit trail), with cursors of only an id and an offset', async () => {
    const first = await admin.get('/orders?limit=2');
    const ids = await sorted(LISTS[0]!, 'id');
    expect(idsOf(first)).toEqual(ids.slice(0, 2));
    expect(linksOf(first).next).toBe(`/orders?limit=2&after=${ids[1]}.2`);
    const newest = await admin.get('/audit?action=sorted&limit=2');
    expect(linksOf(newest).next).toBe(`/audit?action=sorted&limit=2&after=${idsOf(newest)[1]}.2`);
    expect(idsOf(newest)).toEqual((await sorted(LISTS[4]!, '-id')).slice(0, 2));
  });

  it('is by creation time if the list is filtered by time', async () => {
    const ids = await sorted(LISTS[0]!, 'created_at');
    const pages = await pagesOf(admin, '/orders?created_from=2026-01-01&limit=5');
    expect(pages.flatMap(idsOf)).toEqual(ids);
    expect(idsOf(await admin.get('/orders?created_to=2036-01-01&limit=5'))).toEqual(ids.slice(0, 5));
    const { next } = linksOf(await admin.get('/orders?limit=5'));
    expect((await admin.get(`${next!}&created_from=2026-01-01`)).status).toBe(422); // this cursor is for the sort by id
  });
});

describe('sort', () => {
  const PLACES = ['/orders', '/users', '/items', '/api/v1/posts', '/audit'];

  it.each(
    PLACES.flatMap((path) =>
      ['', 'nothing', 'password_hash', 'id;drop table items', "name' or 1=1--", 'created_at,', '1', 'name)'].map(
        (sort) => [path, sort],
      ),
    ),
  )('of %s rejects %j', async (path, sort) => {
    const answer = await admin.get(withSort(path, sort));
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toMatchObject([
      { type: 'string_pattern_mismatch', loc: ['query', 'sort'], input: sort },
    ]);
  });

  it('is reported together with all other invalid parameters', async () => {
    const answer = await admin.get(
      '/orders?sort=total_cents,-total_cents&limit=0&status=lost&min_total_cents=-1&created_to=soon',
    );
    expect(answer.status).toBe(422);
    const places = (answer.body as { detail: { loc: string[] }[] }).detail.map(({ loc }) => loc[1]);
    expect(places).toEqual(['limit', 'created_to', 'status', 'min_total_cents', 'sort']);
  });

  it('is ignored as an unknown parameter if the list has no sort orders', async () => {
    expect((await admin.get('/jobs?sort=name')).status).toBe(200);
  });
});
