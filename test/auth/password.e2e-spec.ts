import { readMailsTo } from '../support/mail.js';
import { scriptOf } from '../support/access-tokens.js';
import { query } from '../support/database.js';
import { auditOf, eventually } from '../support/factories.js';
import { amid, statusesOf } from '../support/races.js';
import { refresh, whoIs } from '../support/tokens.js';
import { anon, aUser, PASSWORD, signIn, type Actor } from '../support/world.js';

const NEW = 'Password2';
const WRONG = { detail: 'The current password is wrong' };

const change = (actor: Actor, new_password = NEW, current_password = PASSWORD) =>
  actor.put('/users/me/password', { current_password, new_password });

/** Signs in with the password and returns the status. */
const tryPassword = async ({ email }: Actor, password: string) =>
  (await anon.post('/auth/token').type('form').send({ username: email, password })).status;

describe('PUT /users/me/password', () => {
  it('replaces the old password with the new one', async () => {
    const user = await aUser();
    const answer = await change(user);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await tryPassword(user, NEW)).toBe(200);
    expect(await tryPassword(user, PASSWORD)).toBe(401);
  });

  it('ends all other sessions, and keeps the current session and the access tokens', async () => {
    const user = await aUser();
    const script = await scriptOf(user, 'read');
    const others = [await signIn(user.email), await signIn(user.email)];
    expect((await change(user)).status).toBe(204);
    for (const { access_token, refresh_token } of others) {
      expect((await whoIs(access_token)).status).toBe(401);
      expect((await refresh(refresh_token)).status).toBe(400);
    }
    expect((await user.get('/users/me')).status).toBe(200);
    expect((await script.get('/users/me')).status).toBe(200);
  });

  it('does not end sessions of other users', async () => {
    const [user, stranger] = [await aUser(), await aUser()];
    await change(user);
    expect((await stranger.get('/users/me')).status).toBe(200);
  });

  it('is recorded in the audit trail, without the passwords', async () => {
    const user = await aUser();
    await signIn(user.email);
    const answer = await change(user);
    const event = (await auditOf(`users/${user.id}`)).at(-1)!;
    expect(event).toMatchObject({ action: 'user.password_changed', actor_id: user.id, details: { sessions: 1 } });
    expect(event.request_id).toBe(answer.headers['x-request-id']);
    expect(JSON.stringify(event)).not.toContain('assword2');
  });

  it('notifies the user by mail, without the password', async () => {
    const user = await aUser({ name: 'Ann Lee' });
    await change(user);
    const [mail] = await eventually(async () => readMailsTo(user.email));
    expect(mail!.headers['subject']).toBe('Your password was changed');
    expect(mail!.text).toContain('Ann Lee');
    expect(mail!.text).not.toContain(NEW);
  });

  it('returns 403 for a wrong current password and changes nothing', async () => {
    const user = await aUser();
    const other = await signIn(user.email);
    const answer = await change(user, NEW, 'Password3');
    expect([answer.status, answer.body]).toEqual([403, WRONG]);
    expect(answer.headers['www-authenticate']).toBeUndefined();
    expect(await tryPassword(user, PASSWORD)).toBe(200);
    expect((await whoIs(other.access_token)).status).toBe(200);
  });

  it('validates the new password like sign-up does, without echoing it', async () => {
    const user = await aUser();
    for (const [password, type] of [
      ['Short1', 'string_too_short'],
      [`P${'x'.repeat(128)}`, 'string_too_long'],
      ['password2', 'value_error'],
    ] as const) {
      const answer = await change(user, password);
      expect(answer.status).toBe(422);
      expect(answer.body.detail).toMatchObject([{ type, loc: ['body', 'new_password'], input: '**********' }]);
    }
    const nothing = await user.put('/users/me/password', {});
    expect(nothing.body.detail).toMatchObject([
      { type: 'missing', loc: ['body', 'new_password'] },
      { type: 'missing', loc: ['body', 'current_password'] },
    ]);
  });

  it('refuses anonymous callers and access tokens', async () => {
    const user = await aUser();
    expect((await change(anon)).status).toBe(401);
    expect((await change(await scriptOf(user, 'write'))).status).toBe(403);
    expect(await tryPassword(user, PASSWORD)).toBe(200);
  });

  it('accepts only one of two concurrent requests with the same current password', async () => {
    const user = await aUser();
    const answers = await Promise.all(['Password2', 'Password3'].map((password) => change(user, password)));
    expect(statusesOf(answers)).toEqual([204, 403]);
    const winner = answers[0]!.status === 204 ? 'Password2' : 'Password3';
    expect(await tryPassword(user, winner)).toBe(200);
  });

  it('makes a concurrent sign-in with the old password fail', async () => {
    const user = await aUser();
    const other = `update users set password_hash = 'another' where id = $1`;
    expect(await amid(other, [user.id], () => tryPassword(user, PASSWORD))).toBe(401);
  });

  it('returns 401 if the account is deleted during the request', async () => {
    const user = await aUser();
    const answer = await amid('delete from users where id = $1', [user.id], async () => change(user));
    expect([answer.status, answer.body]).toEqual([401, { detail: 'Could not validate credentials' }]);
  });

  it('does not change PUT /users/me, which still expects a user id in place of "me"', async () => {
    const user = await aUser();
    const answer = await user.put('/users/me', { user: {}, reason: 'x' });
    expect(answer.body.detail).toMatchObject([{ type: 'int_parsing', loc: ['path', 'user_id'] }]);
    expect(await query('select 1 from users where id = $1', [user.id])).toHaveLength(1);
  });
});
