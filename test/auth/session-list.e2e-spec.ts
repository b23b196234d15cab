import { randomUUID } from 'node:crypto';
import { query } from '../support/database.js';
import { auditOf } from '../support/factories.js';
import { linksOf } from '../support/links.js';
import { expectInvalid, expectRefused } from '../support/refusals.js';
import { claimsOf, refresh, whoIs } from '../support/tokens.js';
import { Actor, anon, aUser, PASSWORD, signIn, world } from '../support/world.js';

interface Shown {
  id: string;
  device: string | null;
  created_at: string;
  last_used_at: string;
  expires_at: string;
  current: boolean;
}

const DAY_MS = 86_400_000;
const sessionOf = (token: string) => claimsOf(token)['sid'] as string;
const idsOf = ({ body }: { body: Shown[] }) => body.map(({ id }) => id);
const listed = async (actor: Actor) => (await actor.get('/auth/sessions')).body as Shown[];

/** Signs in with this User-Agent. Returns the access token. */
async function signInFrom(device: string, username: string): Promise<string> {
  const form = anon.post('/auth/token').type('form').set('User-Agent', device);
  const { body } = await form.send({ username, password: PASSWORD });
  return (body as { access_token: string }).access_token;
}

describe('GET /auth/sessions', () => {
  it('lists the sessions of the caller, oldest first, and marks the current one', async () => {
    const user = await aUser();
    const began = Date.now();
    const token = await signInFrom('Firefox/140.0', user.email);
    const rows = await listed(new Actor(user.id, user.email, token));
    expect(rows.map(({ id, current }) => [id, current])).toEqual([
      [sessionOf(user.token!), false],
      [sessionOf(token), true],
    ]);
    const [, own] = rows;
    expect(Object.keys(own!)).toEqual(['id', 'device', 'created_at', 'last_used_at', 'expires_at', 'current']);
    expect(own!.device).toBe('Firefox/140.0');
    expect(Math.abs(Date.parse(own!.last_used_at) - began)).toBeLessThan(10_000);
    expect(Date.parse(own!.expires_at) - Date.parse(own!.last_used_at)).toBe(14 * DAY_MS);
  });

  it.each([
    ['x'.repeat(300), 'x'.repeat(200)],
    ['a\tb', 'ab'],
    ['   ', null],
    ['<script>alert(1)</script>', '<script>alert(1)</script>'],
  ])('shows the device %j as %j', async (sent, shown) => {
    const user = await aUser();
    const token = await signInFrom(sent, user.email);
    expect((await listed(new Actor(user.id, user.email, token))).at(-1)!.device).toBe(shown);
  });

  it('updates last_used_at on a refresh, but not on other requests', async () => {
    const { id, email } = await aUser();
    const tokens = await signIn(email);
    const longAgo = `update sessions set last_used_at = now() - interval '1 day' where id = $1 returning last_used_at`;
    const [row] = await query<{ last_used_at: Date }>(longAgo, [sessionOf(tokens.access_token)]);
    const actor = new Actor(id, email, tokens.access_token);
    expect((await listed(actor)).at(-1)!.last_used_at).toBe(row!.last_used_at.toISOString());
    expect((await listed(actor)).at(-1)!.last_used_at).toBe(row!.last_used_at.toISOString());
    await refresh(tokens.refresh_token);
    expect(Date.now() - Date.parse((await listed(actor)).at(-1)!.last_used_at)).toBeLessThan(10_000);
    const [kept] = await query<{ generation: number }>('select generation from sessions where id = $1', [
      sessionOf(tokens.access_token),
    ]);
    expect(kept!.generation).toBe(1);
  });

  it('omits sessions that are revoked, expired or idle for too long', async () => {
    const user = await aUser();
    for (const change of [
      'revoked_at = now()',
      `expires_at = now() - interval '1 second'`,
      `last_used_at = now() - interval '14 days'`,
    ]) {
      const { access_token } = await signIn(user.email);
      await query(`update sessions set ${change} where id = $1`, [sessionOf(access_token)]);
    }
    expect((await listed(user)).map(({ id }) => id)).toEqual([sessionOf(user.token!)]);
  });

  it('shows the absolute expiry if it is earlier than the idle timeout', async () => {
    const user = await aUser();
    const soon = `update sessions set expires_at = now() + interval '1 day' where user_id = $1 returning expires_at`;
    const [row] = await query<{ expires_at: Date }>(soon, [user.id]);
    expect((await listed(user))[0]!.expires_at).toBe(row!.expires_at.toISOString());
  });

  it('is paginated, with links in both directions', async () => {
    const user = await aUser();
    const more = `insert into sessions (id, user_id, expires_at)
      select gen_random_uuid(), $1, now() + interval '1 day' from generate_series(1, 6)`;
    await query(more, [user.id]);
    const all = (await listed(user)).map(({ id }) => id);
    expect(all).toHaveLength(7);
    const first = await user.get('/auth/sessions?limit=3');
    const second = await user.get(linksOf(first).next!);
    const third = await user.get(linksOf(second).next!);
    expect([first, second, third].flatMap(idsOf)).toEqual(all);
    expect(linksOf(third).next).toBeUndefined();
    expect(idsOf(await user.get(linksOf(third).prev!))).toEqual(idsOf(second));
    expect(idsOf(await user.get('/auth/sessions?limit=3&page=2'))).toEqual(idsOf(second));
  });

  it('omits sessions of other users, even for an admin, and refuses anonymous callers', async () => {
    const { user, admin } = await world();
    expect((await listed(admin)).map(({ id }) => id)).not.toContain(sessionOf(user.token!));
    expect((await anon.get('/auth/sessions')).status).toBe(401);
  });
});

describe('DELETE /auth/sessions/{session_id}', () => {
  it('ends a session of the caller immediately, and no other session', async () => {
    const user = await aUser();
    const ended = await signIn(user.email);
    const id = sessionOf(ended.access_token);
    const answer = await user.delete(`/auth/sessions/${id}`);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect((await whoIs(ended.access_token)).status).toBe(401);
    expect((await refresh(ended.refresh_token)).status).toBe(400);
    expect((await whoIs(user.token!)).status).toBe(200);
    expect((await auditOf(`users/${user.id}`)).at(-1)).toEqual({
      action: 'session.revoked',
      actor_id: user.id,
      request_id: answer.headers['x-request-id'],
      details: { session_id: id },
    });
  });

  it('can end the current session', async () => {
    const user = await aUser();
    expect((await user.delete(`/auth/sessions/${sessionOf(user.token!)}`)).status).toBe(204);
    expect((await whoIs(user.token!)).status).toBe(401);
  });

  it('returns the same 404 for a session of another user, an unknown session and an ended session', async () => {
    const { user, stranger } = await world();
    const { access_token } = await signIn(user.email);
    await user.delete(`/auth/sessions/${sessionOf(access_token)}`);
    for (const id of [sessionOf(stranger.token!), randomUUID(), sessionOf(access_token)]) {
      expectRefused(await user.delete(`/auth/sessions/${id}`), 404, 'Session not found');
    }
    expect((await whoIs(stranger.token!)).status).toBe(200);
  });

  it('ends a session of any user for an admin', async () => {
    const { user, admin } = await world();
    expect((await admin.delete(`/auth/sessions/${sessionOf(user.token!)}`)).status).toBe(204);
    expect((await whoIs(user.token!)).status).toBe(401);
    expect((await auditOf(`users/${user.id}`)).at(-1)).toMatchObject({ actor_id: admin.id });
  });

  it.each([
    ['7', 'invalid length: expected length 32 for simple format, found 1'],
    ['abc-', 'invalid group count: expected 5, found 2'],
    ['x', 'invalid character: expected an optional prefix of `urn:uuid:` followed by [0-9a-fA-F-], found `x` at 1'],
  ])('refuses the invalid id %s', async (id, error) => {
    expectInvalid(await (await aUser()).delete(`/auth/sessions/${id}`), {
      type: 'uuid_parsing',
      loc: ['path', 'session_id'],
      msg: `Input should be a valid UUID, ${error}`,
      input: id,
      ctx: { error },
    });
  });

  it('accepts an id in upper case', async () => {
    const user = await aUser();
    expect((await user.delete(`/auth/sessions/${sessionOf(user.token!).toUpperCase()}`)).status).toBe(204);
  });
});

describe('DELETE /users/{user_id}/sessions', () => {
  it('ends all sessions of one account, and no session of other accounts', async () => {
    const { user, stranger, admin } = await world();
    const second = await signIn(user.email);
    const answer = await admin.delete(`/users/${user.id}/sessions`);
    expect([answer.status, answer.text]).toEqual([204, '']);
    for (const token of [user.token!, second.access_token]) expect((await whoIs(token)).status).toBe(401);
    expect((await refresh(second.refresh_token)).status).toBe(400);
    for (const token of [stranger.token!, admin.token!]) expect((await whoIs(token)).status).toBe(200);
    expect((await auditOf(`users/${user.id}`)).at(-1)).toEqual({
      action: 'sessions.revoked',
      actor_id: admin.id,
      request_id: answer.headers['x-request-id'],
      details: { sessions: 2 },
    });
    expect((await admin.delete(`/users/${user.id}/sessions`)).status).toBe(204);
    expect((await signIn(user.email)).expires_in).toBe(900);
  });

  it('requires the admin role', async () => {
    const { user } = await world();
    expectRefused(await user.delete(`/users/${user.id}/sessions`), 403, 'Not enough permissions');
    expect((await whoIs(user.token!)).status).toBe(200);
  });

  it('returns 404 for an unknown user', async () => {
    const { admin } = await world();
    for (const id of ['0', '2147483647', '99999999999']) {
      expectRefused(await admin.delete(`/users/${id}/sessions`), 404, 'User not found');
    }
  });
});
