import { auditOf } from '../support/factories.js';
import { anon, aUser } from '../support/world.js';

const ADDRESS = { street: 'Main Street 1', city: 'Springfield', country: 'US' };
const FULL = {
  name: 'Ann Lee',
  bio: 'Likes trains',
  address: ADDRESS,
  tags: ['early', 'early', 'b'],
  metadata: { plan: 'basic', 2: 'two', 1: 'one', toString: 'a key' },
};

describe('GET /profile', () => {
  it('returns all fields of the account of the caller, without secrets', async () => {
    const user = await aUser();
    const answer = await user.get('/profile');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      email: user.email,
      name: 'Ann',
      role: 'user',
      id: user.id,
      created_at: expect.stringMatching(/Z$/),
      bio: null,
      address: null,
      tags: [],
      metadata: {},
      email_verified_at: null,
    });
    expect(Object.keys(answer.body).slice(0, 5)).toEqual(['email', 'name', 'role', 'id', 'created_at']);
  });

  it('needs a token', async () => {
    const answer = await anon.get('/profile');
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.body).toEqual({ detail: 'Not authenticated' });
  });
});

describe('PATCH /profile', () => {
  it('sets the given fields', async () => {
    const user = await aUser();
    const answer = await user.patch('/profile', FULL);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject(FULL);
    expect((await user.get('/profile')).body).toEqual(answer.body);
  });

  it('keeps absent fields', async () => {
    const user = await aUser();
    const { body: before } = await user.patch('/profile', FULL);
    expect((await user.patch('/profile', {})).body).toEqual(before);
    expect((await user.patch('/profile', { bio: 'New' })).body).toEqual({ ...before, bio: 'New' });
    expect((await user.patch('/profile', { tags: [] })).body).toEqual({ ...before, bio: 'New', tags: [] });
  });

  it('clears fields that are null', async () => {
    const user = await aUser();
    const { body: before } = await user.patch('/profile', FULL);
    const answer = await user.patch('/profile', { bio: null, address: null });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ ...before, bio: null, address: null });
    expect((await user.get('/profile')).body).toEqual(answer.body);
  });

  it('replaces an address as a whole, with the default country', async () => {
    const user = await aUser();
    await user.patch('/profile', { address: { ...ADDRESS, country: 'IT' } });
    const answer = await user.patch('/profile', { address: { street: 'Via Roma 1', city: 'Roma' } });
    expect(answer.body.address).toEqual({ street: 'Via Roma 1', city: 'Roma', country: 'US' });
  });

  it('refuses null for name, tags and metadata', async () => {
    const user = await aUser();
    const answer = await user.patch('/profile', { metadata: null, tags: null, name: null });
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toEqual([
      { type: 'string_type', loc: ['body', 'name'], msg: 'Input should be a valid string', input: null },
      { type: 'list_type', loc: ['body', 'tags'], msg: 'Input should be a valid list', input: null },
      { type: 'dict_type', loc: ['body', 'metadata'], msg: 'Input should be a valid dictionary', input: null },
    ]);
  });

  it('changes nothing if one field is invalid', async () => {
    const user = await aUser();
    const answer = await user.patch('/profile', { bio: 'New', address: { city: 'Rome' } });
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toEqual([
      { type: 'missing', loc: ['body', 'address', 'street'], msg: 'Field required', input: { city: 'Rome' } },
    ]);
    expect((await user.get('/profile')).body).toMatchObject({ bio: null, address: null });
  });

  it('ignores fields that cannot be changed', async () => {
    const user = await aUser();
    const { body: before } = await user.get('/profile');
    const answer = await user.patch('/profile', { id: 1, email: 'other@example.com', role: 'admin', is_active: false });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(before);
    expect((await user.get('/users')).status).toBe(403);
  });

  it('keeps concurrent changes to different fields', async () => {
    const user = await aUser();
    await Promise.all([
      user.patch('/profile', { name: 'Ann Lee' }),
      user.patch('/profile', { bio: 'Likes trains' }),
      user.patch('/profile', { tags: ['early'] }),
      user.put(`/users/${user.id}`, { user: {}, reason: 'nothing' }),
    ]);
    expect((await user.get('/profile')).body).toMatchObject({ name: 'Ann Lee', bio: 'Likes trains', tags: ['early'] });
  });

  it('records the change in the audit trail', async () => {
    const user = await aUser();
    const answer = await user.patch('/profile', { bio: 'Likes trains', tags: ['early'] });
    expect((await auditOf(`users/${user.id}`)).at(-1)).toEqual({
      action: 'user.updated',
      actor_id: user.id,
      request_id: answer.headers['x-request-id'],
      details: {
        fields: ['bio', 'tags'],
        before: { bio: null, tags: [] },
        after: { bio: 'Likes trains', tags: ['early'] },
      },
    });
  });

  it('needs a token', async () => {
    const answer = await anon.patch('/profile', {});
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.body).toEqual({ detail: 'Not authenticated' });
  });
});
