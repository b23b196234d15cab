import { query } from '../support/database.js';
import { auditOf } from '../support/factories.js';
import { anon, aUser, world } from '../support/world.js';

const NOT_FOUND = { detail: 'User not found' };
const missing = (name: string) => ({ type: 'missing', loc: ['body', name], msg: 'Field required', input: null });

async function stored({ id }: { id: number }): Promise<unknown> {
  const [row] = await query('select name, bio, email, role from users where id = $1', [id]);
  return row;
}

describe('PUT /users/{user_id}', () => {
  it('changes the given fields, returns them and records the reason in the audit trail', async () => {
    const user = await aUser();
    const body = { reason: 'marriage', user: { bio: 'Likes trains', name: 'Ann Lee' } };
    const answer = await user.put(`/users/${user.id}`, body);
    expect(answer.status).toBe(200);
    expect(answer.text).toBe(`{"id":${user.id},"reason":"marriage","name":"Ann Lee","bio":"Likes trains"}`);
    expect(await stored(user)).toMatchObject({ name: 'Ann Lee', bio: 'Likes trains' });
    expect((await auditOf(`users/${user.id}`)).at(-1)).toEqual({
      action: 'user.updated',
      actor_id: user.id,
      request_id: answer.headers['x-request-id'],
      details: {
        reason: 'marriage',
        fields: ['name', 'bio'],
        before: { name: 'Ann', bio: null },
        after: { name: 'Ann Lee', bio: 'Likes trains' },
      },
    });
  });

  it('ignores null and missing fields, and does not return them', async () => {
    const user = await aUser({ name: 'Ann' });
    await user.put(`/users/${user.id}`, { user: { bio: 'Likes trains' }, reason: 'first' });
    for (const given of [{}, { name: null, bio: null }, { name: null }]) {
      const answer = await user.put(`/users/${user.id}`, { user: given, reason: 'none' });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ id: user.id, reason: 'none' });
    }
    const answer = await user.put(`/users/${user.id}`, { user: { bio: '', name: null }, reason: '' });
    expect(answer.text).toBe(`{"id":${user.id},"reason":"","bio":""}`);
    expect(await stored(user)).toMatchObject({ name: 'Ann', bio: '' });
  });

  it('ignores fields that it does not accept, such as the role', async () => {
    const user = await aUser();
    const given = { name: 'Ann Lee', email: 'other@example.com', role: 'admin', id: 1, password_hash: 'x' };
    const answer = await user.put(`/users/${user.id}`, { user: given, reason: 'try' });
    expect(answer.body).toEqual({ id: user.id, reason: 'try', name: 'Ann Lee' });
    expect(await stored(user)).toEqual({ name: 'Ann Lee', bio: null, email: user.email, role: 'user' });
  });

  it('allows an admin to change any account', async () => {
    const { user, admin } = await world();
    const answer = await admin.put(`/users/${user.id}`, { user: { name: 'Renamed' }, reason: 'policy' });
    expect(answer.status).toBe(200);
    expect((await auditOf(`users/${user.id}`)).at(-1)).toMatchObject({ actor_id: admin.id, action: 'user.updated' });
  });

  it('returns the same 404 for the account of another user and for a missing account, and changes nothing', async () => {
    const { user, stranger, admin } = await world();
    const body = { user: { name: 'Taken' }, reason: 'x' };
    const answers = [await user.put(`/users/${stranger.id}`, body)];
    for (const id of ['99999', '0', '-1', '2147483648', '99999999999999999999']) {
      answers.push(await user.put(`/users/${id}`, body), await admin.put(`/users/${id}`, body));
    }
    for (const answer of answers) {
      expect(answer.status).toBe(404);
      expect(answer.body).toEqual(NOT_FOUND);
    }
    expect(await stored(stranger)).toMatchObject({ name: 'Ann' });
  });

  it('reports all errors in the path and in both parts of the body in one response', async () => {
    const user = await aUser();
    const int = {
      type: 'int_parsing',
      loc: ['path', 'user_id'],
      msg: 'Input should be a valid integer, unable to parse string as an integer',
      input: 'abc',
    };
    const empty = await user.put('/users/abc', {});
    expect(empty.status).toBe(422);
    expect(empty.body.detail).toEqual([int, missing('user'), missing('reason')]);
    const wrong = await user.put(`/users/${user.id}`, { user: { name: 'A', bio: 5 }, reason: null });
    expect(wrong.body.detail).toEqual([
      {
        type: 'string_too_short',
        loc: ['body', 'user', 'name'],
        msg: 'String should have at least 2 characters',
        input: 'A',
        ctx: { min_length: 2 },
      },
      { type: 'string_type', loc: ['body', 'user', 'bio'], msg: 'Input should be a valid string', input: 5 },
      { type: 'string_type', loc: ['body', 'reason'], msg: 'Input should be a valid string', input: null },
    ]);
  });

  it('validates the body before it looks up the account', async () => {
    const user = await aUser();
    expect((await user.put('/users/99999', { user: {} })).status).toBe(422);
  });

  it('requires authentication', async () => {
    const answer = await anon.put('/users/1', { user: {}, reason: 'x' });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.body).toEqual({ detail: 'Not authenticated' });
  });
});

describe('the audit trail', () => {
  it.each([
    ['changed', `update audit_events set action = 'x'`],
    ['deleted', 'delete from audit_events'],
    ['emptied', 'truncate audit_events'],
  ])('cannot be %s', async (_, statement) => {
    await aUser(); // the sign-in adds an audit event
    await expect(query(statement)).rejects.toThrow('the audit trail is only ever added to');
  });
});
