import { randomUUID } from 'node:crypto';
import { query } from '../support/database.js';
import { anOrder, aPost, auditOf } from '../support/factories.js';
import { refresh } from '../support/tokens.js';
import { anon, aUser, PASSWORD, signIn, world, type Actor } from '../support/world.js';

const NOT_FOUND = { detail: 'User not found' };
const NOT_AUTHENTICATED = { detail: 'Not authenticated' };

/** Ids that no account has or can have. */
const NO_IDS = ['99999', '0', '-1', '2147483648', '99999999999999999999'];

const signUp = (fields: object, as: Actor = anon) =>
  as.post('/users', { email: `${randomUUID()}@example.com`, name: 'Ann', password: PASSWORD, ...fields });

describe('POST /users', () => {
  it('creates an account that can sign in', async () => {
    const email = `${randomUUID()}@example.com`;
    const answer = await signUp({ email });
    expect(answer.status).toBe(201);
    const { id, created_at, ...rest } = answer.body;
    expect(rest).toEqual({ email, name: 'Ann', role: 'user' });
    expect(Object.keys(answer.body)).toEqual(['email', 'name', 'role', 'id', 'created_at']);
    expect(created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(answer.headers['location']).toBe(`/users/${id}`);
    const { access_token } = await signIn(email);
    const me = await anon.get('/users/me').set('Authorization', `Bearer ${access_token}`);
    expect(me.body).toEqual(answer.body);
  });

  it('stores the address in lower case and the password as an argon2id hash', async () => {
    const email = `${randomUUID()}@example.com`;
    const answer = await signUp({ email: email.toUpperCase() });
    expect(answer.body.email).toBe(email);
    const [stored] = await query<{ email: string; password_hash: string }>(
      'select email, password_hash from users where id = $1',
      [answer.body.id],
    );
    expect(stored!.email).toBe(email);
    expect(stored!.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('rejects an address that is already registered, in any letter case', async () => {
    const { email } = await aUser();
    for (const taken of [email, email.toUpperCase()]) {
      const answer = await signUp({ email: taken });
      expect(answer.status).toBe(409);
      expect(answer.body).toEqual({ detail: 'Email already registered' });
    }
  });

  it('accepts only one of several concurrent requests with the same address', async () => {
    const email = `${randomUUID()}@example.com`;
    const answers = await Promise.all(Array.from({ length: 6 }, () => signUp({ email })));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(5);
  });

  it('allows only an admin to assign the role of an admin', async () => {
    const { user, admin } = await world();
    const given = await signUp({ role: 'admin' }, admin);
    expect(given.status).toBe(201);
    expect(given.body.role).toBe('admin');
    for (const actor of [anon, user]) {
      const answer = await signUp({ role: 'admin' }, actor);
      expect(answer.status).toBe(403);
      expect(answer.body).toEqual({ detail: 'Only an admin can assign a role' });
      expect((await signUp({ role: 'user' }, actor)).status).toBe(201);
    }
  });

  it('ignores fields that are not in the model', async () => {
    const answer = await signUp({ id: 77_777, is_active: false, bio: 'x', created_at: '2001-01-01T00:00:00Z' });
    expect(answer.status).toBe(201);
    expect(answer.body.id).not.toBe(77_777);
    const stored = await query('select bio, is_active from users where id = $1', [answer.body.id]);
    expect(stored).toEqual([{ bio: null, is_active: true }]);
  });

  it('reports all errors in one response, and never the password', async () => {
    const answer = await anon.post('/users', { password: 'secret-word', role: 'root', name: 'A' });
    expect(answer.status).toBe(422);
    const echo = { password: '**********', role: 'root', name: 'A' };
    expect(answer.body.detail).toEqual([
      { type: 'missing', loc: ['body', 'email'], msg: 'Field required', input: echo },
      {
        type: 'string_too_short',
        loc: ['body', 'name'],
        msg: 'String should have at least 2 characters',
        input: 'A',
        ctx: { min_length: 2 },
      },
      {
        type: 'enum',
        loc: ['body', 'role'],
        msg: "Input should be 'admin' or 'user'",
        input: 'root',
        ctx: { expected: "'admin' or 'user'" },
      },
      {
        type: 'value_error',
        loc: ['body', 'password'],
        msg: 'Value error, Password must contain uppercase letter',
        input: '**********',
        ctx: { error: {} },
      },
    ]);
    expect(answer.text).not.toContain('secret-word');
  });

  it('records in the audit trail who created the account', async () => {
    const { admin } = await world();
    const [own, given] = [await signUp({}), await signUp({}, admin)];
    expect(await auditOf(`users/${own.body.id}`)).toMatchObject([{ action: 'user.created', actor_id: null }]);
    expect(await auditOf(`users/${given.body.id}`)).toMatchObject([{ action: 'user.created', actor_id: admin.id }]);
  });
});

describe('POST /users/preview', () => {
  it('returns the account as it would be stored, without storing it', async () => {
    const email = `${randomUUID()}@example.com`;
    const answer = await anon.post('/users/preview', { email: email.toUpperCase(), name: 'Ann' });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ email, name: 'Ann', role: 'user', address: null, tags: [], metadata: {} });
    expect(await query('select 1 from users where email = $1', [email])).toEqual([]);
  });

  it('returns the given values, and adds the default country to the address', async () => {
    const given = {
      email: 'ann@example.com',
      name: 'Ann',
      role: 'admin',
      tags: ['early'],
      metadata: { b: '1', a: '2' },
    };
    const answer = await anon.post('/users/preview', { ...given, address: { street: 'Main Street 1', city: 'Rome' } });
    expect(answer.body).toEqual({ ...given, address: { street: 'Main Street 1', city: 'Rome', country: 'US' } });
    expect(Object.keys(answer.body.metadata)).toEqual(['b', 'a']);
  });

  it('reports errors in nested fields', async () => {
    const body = { email: 'ann@example.com', name: 'Ann', address: { city: 1 }, tags: ['a', 2], metadata: { x: 3 } };
    const answer = await anon.post('/users/preview', body);
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toEqual([
      { type: 'missing', loc: ['body', 'address', 'street'], msg: 'Field required', input: { city: 1 } },
      { type: 'string_type', loc: ['body', 'address', 'city'], msg: 'Input should be a valid string', input: 1 },
      { type: 'string_type', loc: ['body', 'tags', 1], msg: 'Input should be a valid string', input: 2 },
      { type: 'string_type', loc: ['body', 'metadata', 'x'], msg: 'Input should be a valid string', input: 3 },
    ]);
  });
});

describe('GET /users/{user_id}', () => {
  it('returns the account of the caller by its id and as `me`, and any account to an admin', async () => {
    const { user, admin } = await world();
    const expected = { email: user.email, name: 'Ann', role: 'user', id: user.id, created_at: expect.any(String) };
    for (const answer of [
      await user.get('/users/me'),
      await user.get(`/users/${user.id}`),
      await admin.get(`/users/${user.id}`),
    ]) {
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(expected);
    }
  });

  it('returns the same 404 for the account of another user and for a missing account', async () => {
    const { user, stranger, admin } = await world();
    const answers = [
      await user.get(`/users/${stranger.id}`),
      ...(await Promise.all(NO_IDS.map((id) => user.get(`/users/${id}`)))),
      ...(await Promise.all(NO_IDS.map((id) => admin.get(`/users/${id}`)))),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(404);
      expect(body).toEqual(NOT_FOUND);
    }
  });

  it('accepts only integers as ids', async () => {
    const { user } = await world();
    const answer = await user.get('/users/abc');
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toEqual([
      {
        type: 'int_parsing',
        loc: ['path', 'user_id'],
        msg: 'Input should be a valid integer, unable to parse string as an integer',
        input: 'abc',
      },
    ]);
  });

  it('requires authentication', async () => {
    for (const path of ['/users/me', '/users/1']) {
      const answer = await anon.get(path);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.body).toEqual(NOT_AUTHENTICATED);
    }
  });
});

describe('DELETE /users/{user_id}', () => {
  it('ends the sessions at once, deletes the posts and keeps the orders without their user', async () => {
    const { user, admin } = await world();
    const { refresh_token } = await signIn(user.email);
    const order = await anOrder({ user_id: user.id });
    await aPost(user.id);
    const answer = await user.delete(`/users/${user.id}`);
    expect(answer.status).toBe(204);
    expect(answer.text).toBe('');
    expect((await user.get('/users/me')).body).toEqual({ detail: 'Could not validate credentials' });
    expect((await refresh(refresh_token)).status).toBe(400);
    expect((await admin.get(`/users/${user.id}`)).body).toEqual(NOT_FOUND);
    expect(await query('select 1 from posts where user_id = $1', [user.id])).toEqual([]);
    expect(await query('select user_id from orders where id = $1', [order.id])).toEqual([{ user_id: null }]);
    expect((await auditOf(`users/${user.id}`)).at(-1)).toMatchObject({ action: 'user.deleted', actor_id: user.id });
  });

  it('allows an admin to delete any account, and frees its address', async () => {
    const { user, admin } = await world();
    expect((await admin.delete(`/users/${user.id}`)).status).toBe(204);
    expect((await admin.delete(`/users/${user.id}`)).body).toEqual(NOT_FOUND);
    expect((await user.get('/users/me')).status).toBe(401);
    expect((await signUp({ email: user.email })).status).toBe(201);
  });

  it('returns the same 404 for the account of another user and for a missing account, and deletes nothing', async () => {
    const { user, stranger } = await world();
    for (const id of [stranger.id, ...NO_IDS]) {
      const answer = await user.delete(`/users/${id}`);
      expect(answer.status).toBe(404);
      expect(answer.body).toEqual(NOT_FOUND);
    }
    expect((await stranger.get('/users/me')).status).toBe(200);
  });

  it('requires authentication', async () => {
    const answer = await anon.delete('/users/1');
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.body).toEqual(NOT_AUTHENTICATED);
  });
});
