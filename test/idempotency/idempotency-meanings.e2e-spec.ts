import { randomUUID } from 'node:crypto';
import { query } from '../support/database.js';
import { world, type Actor } from '../support/world.js';

let [admin, user]: Actor[] = [];

beforeAll(async () => {
  ({ admin, user } = await world());
});

const answered = ({ status, headers }: { status: number; headers: Record<string, string> }) => [
  status,
  headers['idempotency-replayed'],
];

describe('a retry with the same key', () => {
  const EMAIL = `${randomUUID()}@example.com`;
  const account = (more: object) => ({ email: EMAIL, name: 'Ann Lee', password: 'Correct-Horse-7', ...more });

  it.each<[string, 'post' | 'put', string, object, object, number]>([
    [
      'null instead of an absent field',
      'post',
      '/items',
      { name: 'L', price_cents: 1 },
      { name: 'L', price_cents: 1, description: null },
      201,
    ],
    [
      'an absent field instead of null',
      'post',
      '/items',
      { name: 'L', price_cents: 1, description: null },
      { name: 'L', price_cents: 1 },
      201,
    ],
    [
      'an explicit default value',
      'post',
      '/items',
      { name: 'L', price_cents: 1 },
      { name: 'L', price_cents: 1, stock: 0 },
      201,
    ],
    [
      'null in an object',
      'put',
      '/users/me',
      { user: { bio: 'x' }, reason: 'r' },
      { user: { bio: 'x', name: null }, reason: 'r' },
      200,
    ],
    [
      'a name in NFD',
      'post',
      '/items',
      { name: 'Crème', price_cents: 1 },
      { name: 'Cre\u0300me', price_cents: 1 },
      201,
    ],
    [
      'a name with white space around it',
      'post',
      '/items',
      { name: 'Crème', price_cents: 1 },
      { name: ' Crème\t', price_cents: 1 },
      201,
    ],
    [
      'a text in NFD',
      'post',
      '/api/v1/posts',
      { title: 'A', body: 'é'.repeat(3000) },
      { title: 'A', body: 'e\u0301'.repeat(3000) },
      201,
    ],
    [
      'Hangul in NFD',
      'post',
      '/api/v1/posts',
      { title: '한', body: 'x' },
      { title: '한'.normalize('NFD'), body: 'x' },
      201,
    ],
    ['an address in upper case', 'post', '/users', account({}), account({ email: EMAIL.toUpperCase() }), 201],
    [
      'a password in NFD',
      'post',
      '/users',
      account({ password: 'Mañana-1-é' }),
      account({ password: 'Mañana-1-é'.normalize('NFD') }),
      201,
    ],
  ])('is replayed if a value is written differently: %s', async (_, method, path, first, again, status) => {
    const send = (body: object) =>
      admin!
        .send(method, path.replace('me', String(user!.id)))
        .set('Idempotency-Key', key)
        .send(body);
    const key = randomUUID();
    if (path === '/users') await query('delete from users where email = $1', [EMAIL]);
    const one = await send(first);
    expect(answered(one)).toEqual([status, undefined]);
    const two = await send(again);
    expect([answered(two), two.text]).toEqual([[status, 'true'], one.text]);
  });

  it.each<[string, 'patch' | 'post', string, object, object]>([
    ['null instead of an absent field in a PATCH', 'patch', '/profile', { name: 'Ann' }, { name: 'Ann', bio: null }],
    [
      'an absent field instead of null in a PATCH',
      'patch',
      '/profile',
      { name: 'Ann', address: null },
      { name: 'Ann' },
    ],
    ['an empty text', 'post', '/items', { name: 'L', price_cents: 1 }, { name: 'L', price_cents: 1, description: '' }],
    ['a letter without its accent', 'post', '/items', { name: 'é', price_cents: 1 }, { name: 'e', price_cents: 1 }],
  ])('is refused if a field has another value: %s', async (_, method, path, first, again) => {
    const key = randomUUID();
    const send = (body: object) => admin!.send(method, path).set('Idempotency-Key', key).send(body);
    expect((await send(first)).status).toBeLessThan(300);
    expect(answered(await send(again))).toEqual([422, undefined]);
  });
});
