import { query } from '../support/database.js';
import { anItem, anOrder, aPost } from '../support/factories.js';
import { linksOf } from '../support/links.js';
import { isList, OPERATIONS, send } from '../support/operations.js';
import { subjectOf } from '../support/subjects.js';
import { type Actor, anon, aUser } from '../support/world.js';

let admin: Actor;
let user: Actor;

beforeAll(async () => {
  [admin, user] = [await aUser({ role: 'admin' }), await aUser()];
  for (let i = 0; i < 3; i++) await anItem({ name: `Counted ${i}`, stock: i });
  for (const status of ['new', 'paid', 'paid'] as const) await anOrder({ user_id: user.id, status });
  await anOrder({ user_id: admin.id, status: 'paid' });
  for (let i = 0; i < 4; i++) await aPost(user.id);
});

const totalOf = async (actor: Actor, path: string) => (await actor.get(path)).headers['x-total-count'] as unknown;

const rowsOf = async (table: string, condition = 'true') =>
  (await query<{ n: string }>(`select count(*) as n from ${table} where ${condition}`))[0]!.n;

describe('the count parameter', () => {
  it.each(OPERATIONS.filter(isList).map((operation) => [operation.key, operation] as const))(
    'adds X-Total-Count to the response of %s only if it is true',
    async (_name, operation) => {
      const sample = await subjectOf(operation, admin);
      const ask = (given: object) => send(admin, operation, { ...sample, query: { ...sample.query, ...given } });
      const counted = await ask({ count: 'true', limit: 1 });
      expect(counted.status).toBe(200);
      expect(counted.headers['x-total-count']).toMatch(/^\d+$/);
      for (const given of [{}, { count: 'false' }, { count: '0' }, { count: 'off' }]) {
        expect((await ask(given)).headers).not.toHaveProperty('x-total-count');
      }
      expect(operation.responses['200']).toHaveProperty(['headers', 'X-Total-Count']);
    },
  );

  it('counts the rows that match the filters, regardless of the page', async () => {
    expect(await totalOf(anon, '/items?count=true')).toBe(await rowsOf('items'));
    expect(await totalOf(anon, '/items?count=true&search=counted')).toBe('3');
    expect(await totalOf(anon, '/items?count=true&search=counted&max_stock=1&sort=-stock')).toBe('2');
    expect(await totalOf(anon, '/items?count=true&search=nobody-has-this')).toBe('0');
    expect(await totalOf(anon, '/items?count=true&search=counted&page=3&limit=1')).toBe('3');
    expect(await totalOf(anon, '/items?count=true&search=counted&page=99')).toBe('3');
    const first = await anon.get('/items?count=true&search=counted&limit=1');
    const next = await anon.get(linksOf(first).next!);
    expect(next.headers['x-total-count']).toBe('3');
    expect((await anon.get(linksOf(next).prev!)).headers['x-total-count']).toBe('3');
  });

  it('counts only rows that the caller may see', async () => {
    expect(await totalOf(user, '/orders?count=true')).toBe('3');
    expect(await totalOf(user, '/orders?count=true&status=paid')).toBe('2');
    expect(await totalOf(admin, '/orders?count=true&status=paid')).toBe(await rowsOf('orders', `status = 'paid'`));
    expect(await totalOf(admin, '/orders?count=true&min_total_cents=251')).toBe('0');
    expect(await totalOf(admin, '/users?count=true&role=admin')).toBe(
      await rowsOf('users', `role = 'admin' and is_active`),
    );
    expect(await totalOf(anon, `/users/${user.id}/posts?count=true`)).toBe('4');
    expect(await totalOf(anon, `/api/v1/posts?count=true&user_id=${user.id}`)).toBe('4');
    expect(await totalOf(admin, '/audit?count=true&action=nothing')).toBe('0');
  });

  it('works with HEAD, and CORS exposes X-Total-Count', async () => {
    const { headers } = await admin.send('get', '/items?count=true').set('Origin', 'https://myapp.com');
    expect(String(headers['access-control-expose-headers']).split(',')).toContain('X-Total-Count');
    const head = await fetch(`${baseUrl}/items?count=true&search=counted`, { method: 'HEAD' });
    expect(head.headers.get('x-total-count')).toBe('3');
  });

  it.each(['', '2', 'all', 'TRUE!', '-1', 'null'])('rejects %j', async (count) => {
    const answer = await anon.get(`/items?count=${encodeURIComponent(count)}`);
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toMatchObject([{ type: 'bool_parsing', loc: ['query', 'count'], input: count }]);
  });
});
