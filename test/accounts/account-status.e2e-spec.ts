import { scriptOf } from '../support/access-tokens.js';
import { query } from '../support/database.js';
import { auditOf } from '../support/factories.js';
import { amid, statusesOf } from '../support/races.js';
import { refresh, whoIs } from '../support/tokens.js';
import { type Actor, aUser, anon, PASSWORD, signIn, world } from '../support/world.js';

const WHY = { reason: 'has left the company' };
const LAST = { detail: "The last admin can't be deleted, disabled or demoted" };
const disable = (by: Actor, { id }: { id: number }) => by.post(`/users/${id}/deactivation`, WHY);
const enable = (by: Actor, { id }: { id: number }) => by.send('delete', `/users/${id}/deactivation`, WHY);
const changeRole = (by: Actor, { id }: { id: number }, role: string) =>
  by.put(`/users/${id}/role`, { role, reason: 'other work' });

const statusOf = async ({ id }: { id: number }) =>
  (await query<{ role: string; is_active: boolean }>('select role, is_active from users where id = $1', [id]))[0];

/** Makes all accounts users, then creates `count` admins, so that the last admin is known. */
async function onlyAdmins(count: number): Promise<Actor[]> {
  await query(`update users set role = 'user'`);
  return Promise.all(Array.from({ length: count }, () => aUser({ role: 'admin' })));
}

/** A request that waits for a lock must not undo what was decided meanwhile. */
describe('an admin whose request waits for a lock', () => {
  it('cannot restore their own role if it is removed in the meantime', async () => {
    const { admin } = await world();
    const demote = `update users set role = 'user' where id = $1`;
    const answer = await amid(demote, [admin.id], async () => changeRole(admin, admin, 'admin'));
    expect([answer.status, await statusOf(admin)]).toEqual([403, { role: 'user', is_active: true }]);
  });

  it('cannot enable their own account if it is disabled in the meantime', async () => {
    const { admin } = await world();
    const off = 'update users set is_active = false where id = $1';
    const answer = await amid(off, [admin.id], async () => enable(admin, admin));
    expect([answer.status, await statusOf(admin)]).toEqual([401, { role: 'admin', is_active: false }]);
  });
});

describe('POST /users/{user_id}/deactivation', () => {
  it('ends all sessions permanently, even if the account is enabled again', async () => {
    const { admin, user } = await world();
    const tokens = await signIn(user.email);
    const answer = await disable(admin, user);
    expect([answer.status, answer.text]).toEqual([204, '']);
    for (const ended of [user.token!, tokens.access_token]) expect((await whoIs(ended)).status).toBe(401);
    expect((await refresh(tokens.refresh_token)).status).toBe(400);
    await enable(admin, user);
    expect((await whoIs(tokens.access_token)).status).toBe(401);
    expect((await refresh(tokens.refresh_token)).status).toBe(400);
  });

  it('rejects the correct password with the same message as a wrong password', async () => {
    const { admin, user } = await world();
    await disable(admin, user);
    const answer = await anon.post('/auth/token').type('form').send({ username: user.email, password: PASSWORD });
    expect([answer.status, answer.body]).toEqual([401, { detail: 'Incorrect username or password' }]);
  });

  it('rejects the access tokens of the account until it is enabled again', async () => {
    const { admin, user } = await world();
    const script = await scriptOf(user, 'read');
    await disable(admin, user);
    expect((await script.get('/users/me')).status).toBe(401);
    await enable(admin, user);
    expect((await script.get('/users/me')).status).toBe(200);
  });

  it('is recorded once in the audit trail, with its reason', async () => {
    const { admin, user } = await world();
    const { headers } = await disable(admin, user);
    expect((await disable(admin, user)).status).toBe(204);
    const events = (await auditOf(`users/${user.id}`)).filter(({ action }) => action === 'user.disabled');
    const details = { ...WHY, sessions: 1 };
    expect(events).toEqual([
      { action: 'user.disabled', actor_id: admin.id, request_id: headers['x-request-id'], details },
    ]);
  });

  it('lists the account as inactive', async () => {
    const { admin, user } = await world();
    await disable(admin, user);
    const { body } = await admin.get(`/users?active=false&search=${user.email}`);
    expect(body).toMatchObject([{ id: user.id }]);
  });

  it('refuses to disable the account of the calling admin', async () => {
    const { admin } = await world();
    const answer = await disable(admin, admin);
    expect([answer.status, answer.body]).toEqual([409, { detail: "You can't disable your own account" }]);
    expect((await admin.get('/users/me')).status).toBe(200);
  });

  it('leaves one active admin if two admins disable each other at the same time', async () => {
    const [one, other] = (await onlyAdmins(2)) as [Actor, Actor];
    const answers = await Promise.all([disable(one, other), disable(other, one)]);
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    const [still] = await query<{ count: number }>(
      `select count(*)::int as count from users where role = 'admin' and is_active`,
    );
    expect(still!.count).toBe(1);
  });

  it('refuses to disable the last active admin if the caller is disabled while the request waits', async () => {
    const [one, other] = (await onlyAdmins(2)) as [Actor, Actor];
    const lockAndGo = `with held as (select pg_advisory_xact_lock(hashtext('aerie:last-admin')))
      update users set is_active = false from held where id = $1`;
    const answer = await amid(lockAndGo, [one.id], async () => disable(one, other));
    expect([answer.status, answer.body]).toEqual([409, LAST]);
  });

  it('requires an admin with a session, an existing account and a reason', async () => {
    const { admin, user, stranger } = await world();
    expect((await disable(anon, user)).status).toBe(401);
    expect((await disable(stranger, user)).status).toBe(403);
    expect((await disable(await scriptOf(admin, 'write'), user)).status).toBe(403);
    const nobody = await disable(admin, { id: 2_147_483_647 });
    expect([nobody.status, nobody.body]).toEqual([404, { detail: 'User not found' }]);
    expect((await admin.post(`/users/${user.id}/deactivation`, {})).status).toBe(422);
    expect(await statusOf(user)).toMatchObject({ is_active: true });
  });
});

describe('DELETE /users/{user_id}/deactivation', () => {
  it('allows the account to sign in again, and records the reason in the audit trail', async () => {
    const { admin, user } = await world();
    await disable(admin, user);
    expect((await enable(admin, user)).status).toBe(204);
    expect((await signIn(user.email)).expires_in).toBe(900);
    const events = await auditOf(`users/${user.id}`);
    expect(events.at(-2)).toMatchObject({ action: 'user.enabled', actor_id: admin.id, details: WHY });
  });

  it('changes nothing if the account is not disabled', async () => {
    const { admin, user } = await world();
    expect((await enable(admin, user)).status).toBe(204);
    expect((await user.get('/users/me')).status).toBe(200);
    expect((await auditOf(`users/${user.id}`)).at(-1)).not.toMatchObject({ action: 'user.enabled' });
  });

  it('requires an admin and an existing account', async () => {
    const { admin, user, stranger } = await world();
    await disable(admin, user);
    expect((await enable(anon, user)).status).toBe(401);
    expect((await enable(stranger, user)).status).toBe(403);
    expect((await enable(admin, { id: 2_147_483_647 })).status).toBe(404);
    expect(await statusOf(user)).toMatchObject({ is_active: false });
  });
});

describe('PUT /users/{user_id}/role', () => {
  it('applies to existing sessions from the next request on', async () => {
    const { admin, user } = await world();
    expect((await user.get('/users')).status).toBe(403);
    const answer = await changeRole(admin, user, 'admin');
    expect([answer.status, answer.body]).toMatchObject([200, { id: user.id, email: user.email, role: 'admin' }]);
    expect((await user.get('/users')).status).toBe(200);
    await changeRole(admin, user, 'user');
    expect((await user.get('/users')).status).toBe(403);
  });

  it('records a change once in the audit trail, with the old role, the new role and the reason', async () => {
    const { admin, user } = await world();
    await changeRole(admin, user, 'admin');
    await changeRole(admin, user, 'admin');
    const events = (await auditOf(`users/${user.id}`)).filter(({ action }) => action === 'user.role_changed');
    const details = { reason: 'other work', before: { role: 'user' }, after: { role: 'admin' } };
    expect(events).toMatchObject([{ actor_id: admin.id, details }]);
  });

  it('allows admins to demote themselves, except for the last admin', async () => {
    const [one, other] = (await onlyAdmins(2)) as [Actor, Actor];
    expect((await changeRole(one, one, 'user')).status).toBe(200);
    const answer = await changeRole(other, other, 'user');
    expect([answer.status, answer.body]).toEqual([409, LAST]);
    expect((await other.get('/users')).status).toBe(200);
  });

  it('does not count disabled admins when it protects the last admin', async () => {
    const [one, other] = (await onlyAdmins(2)) as [Actor, Actor];
    await disable(one, other);
    expect((await changeRole(one, one, 'user')).status).toBe(409);
    expect((await changeRole(one, other, 'user')).status).toBe(200);
  });

  it('leaves one of five admins who demote themselves at the same time', async () => {
    const admins = await onlyAdmins(5);
    const answers = await Promise.all(admins.map((one) => changeRole(one, one, 'user')));
    expect(statusesOf(answers)).toEqual([200, 200, 200, 200, 409]);
  });

  it('requires an admin, an existing account and a valid role', async () => {
    const { admin, user, stranger } = await world();
    expect((await changeRole(anon, user, 'admin')).status).toBe(401);
    expect((await changeRole(user, user, 'admin')).status).toBe(403);
    expect((await changeRole(stranger, user, 'admin')).status).toBe(403);
    expect((await changeRole(admin, { id: 2_147_483_647 }, 'admin')).status).toBe(404);
    expect((await changeRole(admin, user, 'owner')).status).toBe(422);
    expect(await statusOf(user)).toMatchObject({ role: 'user' });
  });
});

describe('DELETE /users/{user_id}', () => {
  it('refuses to delete the last admin', async () => {
    const [one, other] = (await onlyAdmins(2)) as [Actor, Actor];
    expect((await one.delete(`/users/${other.id}`)).status).toBe(204);
    const answer = await one.delete(`/users/${one.id}`);
    expect([answer.status, answer.body]).toEqual([409, LAST]);
    expect(await statusOf(one)).toEqual({ role: 'admin', is_active: true });
  });

  it('leaves one of three admins who delete themselves at the same time', async () => {
    const admins = await onlyAdmins(3);
    const answers = await Promise.all(admins.map((one) => one.delete(`/users/${one.id}`)));
    expect(statusesOf(answers)).toEqual([204, 204, 409]);
  });

  it('deletes the sessions, the access tokens and the second factor of the account', async () => {
    const user = await aUser();
    const script = await scriptOf(user, 'write');
    await user.post('/auth/totp', { password: PASSWORD });
    expect((await user.delete(`/users/${user.id}`)).status).toBe(204);
    expect((await script.get('/users/me')).status).toBe(401);
    for (const table of ['sessions', 'access_tokens', 'totps'])
      expect(await query(`select 1 from ${table} where user_id = $1`, [user.id])).toEqual([]);
  });
});
