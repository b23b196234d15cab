import { query } from '../support/database.js';
import { anon, aUser, type Actor } from '../support/world.js';

const NAMES = ['100% Ann', '100 Ann', 'under_score', 'underXscore', 'back\\slash', 'Ünï Code'];
let admin: Actor;

/** Creates the accounts of this file in a fixed order. */
beforeAll(async () => {
  admin = await aUser({ role: 'admin', name: 'Boss', email: 'boss@example.org' });
  for (const [i, name] of NAMES.entries()) await aUser({ name, email: `person${i}@example.com` });
  const disabled = await aUser({ name: 'Gone', email: 'gone@example.com' });
  await query('update users set is_active = false where id = $1', [disabled.id]);
});

const namesOf = async (path: string) => ((await admin.get(path)).body as { name: string }[]).map(({ name }) => name);

describe('GET /users', () => {
  it('lists the active accounts in a stable order, in the same form as GET /users/me', async () => {
    const answer = await admin.get('/users');
    expect(answer.status).toBe(200);
    expect(answer.body.map(({ name }: { name: string }) => name)).toEqual(['Boss', ...NAMES]);
    expect(answer.body[0]).toEqual((await admin.get('/users/me')).body);
  });

  it('lists the disabled accounts for active=false', async () => {
    expect(await namesOf('/users?active=false')).toEqual(['Gone']);
    expect(await namesOf('/users?active=NO')).toEqual(['Gone']);
  });

  it('returns pages that the Link header connects', async () => {
    expect(await namesOf('/users?limit=3')).toEqual(['Boss', '100% Ann', '100 Ann']);
    expect(await namesOf('/users?limit=3&page=3')).toEqual(['Ünï Code']);
    expect(await namesOf('/users?limit=3&page=4')).toEqual([]);
    const seen: string[] = [];
    for (let path: string | undefined = '/users?limit=2&active=true'; path;) {
      const { body, headers } = await admin.get(path);
      seen.push(...(body as { name: string }[]).map(({ name }) => name));
      path = /<([^>]+)>; rel="next"/.exec(headers['link']!)?.[1];
    }
    expect(seen).toEqual(['Boss', ...NAMES]);
  });

  it.each([
    ['ann', ['100% Ann', '100 Ann']],
    ['ANN', ['100% Ann', '100 Ann']],
    ['%', ['100% Ann']],
    ['0%', ['100% Ann']],
    ['_', ['under_score']],
    ['R_S', ['under_score']],
    ['\\', ['back\\slash']],
    ['ünï', ['Ünï Code']],
    ['ÜNÏ C', ['Ünï Code']],
    ['PERSON3@', ['underXscore']],
    ['.org', ['Boss']],
    ["'", []],
    ['', ['Boss', ...NAMES]],
  ])('looks for %j in names and addresses', async (search, expected) => {
    expect(await namesOf(`/users?search=${encodeURIComponent(search)}`)).toEqual(expected);
  });

  it('reports all invalid query parameters in one response', async () => {
    const answer = await admin.get('/users?active=maybe&limit=101&page=0');
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toEqual([
      {
        type: 'greater_than_equal',
        loc: ['query', 'page'],
        msg: 'Input should be greater than or equal to 1',
        input: '0',
        ctx: { ge: 1 },
      },
      {
        type: 'less_than_equal',
        loc: ['query', 'limit'],
        msg: 'Input should be less than or equal to 100',
        input: '101',
        ctx: { le: 100 },
      },
      {
        type: 'bool_parsing',
        loc: ['query', 'active'],
        msg: 'Input should be a valid boolean, unable to interpret input',
        input: 'maybe',
      },
    ]);
  });

  it('rejects a NUL character in the search text', async () => {
    expect((await admin.get('/users?search=%00')).status).toBe(422);
  });

  it('requires an admin', async () => {
    const user = await aUser({ name: 'Ann Other', email: 'other@example.net' });
    const refused = await user.get('/users');
    expect(refused.status).toBe(403);
    expect(refused.body).toEqual({ detail: 'Not enough permissions' });
    const anonymous = await anon.get('/users');
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers['www-authenticate']).toBe('Bearer');
    expect(anonymous.body).toEqual({ detail: 'Not authenticated' });
    await query('delete from users where id = $1', [user.id]);
  });
});
