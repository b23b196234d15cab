import { aMinuteLater, anAccountToken, mailedToken, mailedTokens } from '../support/account-tokens.js';
import { scriptOf } from '../support/access-tokens.js';
import { query } from '../support/database.js';
import { auditOf, eventually } from '../support/factories.js';
import { readMailsTo } from '../support/mail.js';
import { amid, statusesOf } from '../support/races.js';
import { refresh, whoIs } from '../support/tokens.js';
import { enrolled } from '../support/totp.js';
import { anon, aUser, PASSWORD, signIn, type Actor } from '../support/world.js';

const NEW = 'Password2';
const BAD = { detail: 'The token is not valid' };
const SUBJECT = 'Reset your password';
const ANSWER = { message: 'If the address has an account, a mail is on its way' };

const forgot = (email: string, at: Actor = anon) => at.post('/auth/password/forgot', { email });
const reset = (token: string, new_password = NEW, at: Actor = anon) =>
  at.post('/auth/password/reset', { token, new_password });
const tryPassword = async ({ email }: Actor, password: string) =>
  (await anon.post('/auth/token').type('form').send({ username: email, password })).status;
const aToken = ({ id }: Actor) => anAccountToken(id, 'password_reset');

/** Waits until all jobs for an address are completed. */
const settled = (email: string) =>
  eventually(async () => {
    const open = `select 1 from pgboss.job where data ->> 'email' = $1 and state <> 'completed'`;
    const all = `select 1 from pgboss.job where data ->> 'email' = $1`;
    return (await query(all, [email])).length > 0 && (await query(open, [email])).length === 0 ? true : undefined;
  });

/** Starts another application whose clock is ahead by this many minutes. */
const later = (minutes: number) => startApp({ providers: { Clock: { now: () => Date.now() + minutes * 60_000 } } });

describe('POST /auth/password/forgot', () => {
  it('mails a token that sets a new password', async () => {
    const user = await aUser({ name: 'Ann Lee' });
    const answer = await forgot(user.email.toUpperCase());
    expect([answer.status, answer.body]).toEqual([200, ANSWER]);
    const token = await mailedToken(user.email, SUBJECT);
    expect((await reset(token)).status).toBe(204);
    expect(await tryPassword(user, NEW)).toBe(200);
    expect(await tryPassword(user, PASSWORD)).toBe(401);
  });

  it('returns the same answer for unknown and disabled accounts, and sends no mail', async () => {
    const disabled = await aUser();
    await query('update users set is_active = false where id = $1', [disabled.id]);
    for (const email of [disabled.email, 'nobody@example.com']) {
      const answer = await forgot(email);
      expect([answer.status, answer.body]).toEqual([200, ANSWER]);
      await settled(email);
      expect(await readMailsTo(email)).toBeUndefined();
    }
    expect(await query('select 1 from account_tokens where user_id = $1', [disabled.id])).toEqual([]);
  });

  it('does not store the token in the database, the queue or the logs', async () => {
    const user = await aUser();
    await forgot(user.email);
    const token = await mailedToken(user.email, SUBJECT);
    const rows = await query<{ row: string }>(`
      select t::text as row from account_tokens t union all select j::text from pgboss.job j
      union all select a::text from audit_events a`);
    expect(rows.filter(({ row }) => row.includes(token))).toEqual([]);
    expect(JSON.stringify(logs)).not.toContain(token);
  });

  it('sends at most one mail a minute to an account', async () => {
    const user = await aUser();
    for (let i = 0; i < 3; i++) await forgot(user.email);
    await settled(user.email);
    expect(await mailedTokens(user.email, SUBJECT)).toHaveLength(1);
    await aMinuteLater(user.id);
    await forgot(user.email);
    expect(await mailedToken(user.email, SUBJECT, 2)).toHaveLength(43);
  });

  it('makes only the newest token valid', async () => {
    const user = await aUser();
    await forgot(user.email);
    const first = await mailedToken(user.email, SUBJECT);
    await aMinuteLater(user.id);
    await forgot(user.email);
    const second = await mailedToken(user.email, SUBJECT, 2);
    expect(await reset(first)).toMatchObject({ status: 400, body: BAD });
    expect((await reset(second)).status).toBe(204);
  });

  it('requires a valid address', async () => {
    for (const body of [{}, { email: 'ann' }, { email: 5 }, []])
      expect((await anon.post('/auth/password/forgot', body)).status).toBe(422);
  });
});

describe('POST /auth/password/reset', () => {
  it('ends all sessions, revokes all access tokens and is recorded in the audit trail', async () => {
    const user = await aUser();
    const script = await scriptOf(user, 'write');
    const tokens = await signIn(user.email);
    const answer = await reset(await aToken(user));
    expect([answer.status, answer.text]).toEqual([204, '']);
    for (const token of [user.token!, tokens.access_token]) expect((await whoIs(token)).status).toBe(401);
    expect((await refresh(tokens.refresh_token)).status).toBe(400);
    expect((await script.get('/users/me')).status).toBe(401);
    const details = { sessions: 2, access_tokens: 1 };
    const events = await auditOf(`users/${user.id}`);
    expect(events.at(-1)).toMatchObject({ action: 'user.password_reset', actor_id: null, details });
  });

  it('does not affect other accounts', async () => {
    const [user, stranger] = [await aUser(), await aUser()];
    const script = await scriptOf(stranger, 'read');
    await reset(await aToken(user));
    expect((await stranger.get('/users/me')).status).toBe(200);
    expect((await script.get('/users/me')).status).toBe(200);
    expect(await tryPassword(stranger, PASSWORD)).toBe(200);
  });

  it('sends a mail that the password was changed', async () => {
    const user = await aUser();
    await reset(await aToken(user));
    const [mail] = await eventually(async () => readMailsTo(user.email));
    expect(mail!.headers['subject']).toBe('Your password was changed');
  });

  it('still requires the second factor after the reset', async () => {
    const user = await aUser();
    await enrolled(user);
    await reset(await aToken(user));
    const answer = await anon.post('/auth/token').type('form').send({ username: user.email, password: NEW });
    expect([answer.status, answer.body]).toEqual([401, { detail: 'Second factor required' }]);
  });

  it('also confirms the e-mail address', async () => {
    const user = await aUser();
    await reset(await aToken(user));
    const again = await signIn(user.email, NEW);
    const { body } = await anon.get('/profile').set('Authorization', `Bearer ${again.access_token}`);
    expect(Date.parse(body.email_verified_at as string)).toBeGreaterThan(Date.now() - 60_000);
  });

  it('accepts a token only once', async () => {
    const user = await aUser();
    const token = await aToken(user);
    expect((await reset(token)).status).toBe(204);
    expect(await reset(token, 'Password3')).toMatchObject({ status: 400, body: BAD });
    expect(await tryPassword(user, NEW)).toBe(200);
  });

  it('accepts only one of several concurrent requests with the same token', async () => {
    const user = await aUser();
    const token = await aToken(user);
    const passwords = Array.from({ length: 4 }, (_, i) => `Password-${i}`);
    const answers = await Promise.all(passwords.map((password) => reset(token, password)));
    expect(statusesOf(answers)).toEqual([204, 400, 400, 400]);
    const winner = passwords[answers.findIndex(({ status }) => status === 204)]!;
    expect(await tryPassword(user, winner)).toBe(200);
  });

  it('rejects the token if another request uses it in the meantime', async () => {
    const user = await aUser();
    const token = await aToken(user);
    const use = 'update account_tokens set used_at = now() where user_id = $1';
    expect(await amid(use, [user.id], async () => reset(token))).toMatchObject({ status: 400, body: BAD });
    expect(await tryPassword(user, PASSWORD)).toBe(200);
  });

  it('rejects the token if the account is disabled in the meantime', async () => {
    const user = await aUser();
    const token = await aToken(user);
    const off = 'update users set is_active = false where id = $1';
    expect(await amid(off, [user.id], async () => reset(token))).toMatchObject({ status: 400, body: BAD });
  });

  it('keeps the token valid if the new password is rejected', async () => {
    const user = await aUser();
    const token = await aToken(user);
    const refused = await reset(token, 'password2');
    expect(refused.body.detail).toMatchObject([
      { type: 'value_error', loc: ['body', 'new_password'], input: '**********' },
    ]);
    expect((await reset(token)).status).toBe(204);
  });

  it('rejects unknown tokens and tokens for another purpose, and repeats no token in the answer', async () => {
    const user = await aUser();
    const others = [await anAccountToken(user.id, 'email_verification'), await anAccountToken(user.id, 'email_change')];
    for (const token of [...others, 'x', '', 'A'.repeat(43), user.token!.slice(0, 100)])
      expect(await reset(token)).toMatchObject({ status: 400, body: BAD });
    const long = await reset('A'.repeat(101));
    expect(long.body.detail).toMatchObject([{ type: 'string_too_long', loc: ['body', 'token'], input: '**********' }]);
    expect(await tryPassword(user, PASSWORD)).toBe(200);
  });

  it('accepts a token for 30 minutes', async () => {
    const user = await aUser();
    await forgot(user.email);
    const token = await mailedToken(user.email, SUBJECT);
    const after = await later(30);
    expect(await reset(token, NEW, anon.at(after.url))).toMatchObject({ status: 400, body: BAD });
    await after.stop();
    const before = await later(29);
    expect((await reset(token, NEW, anon.at(before.url))).status).toBe(204);
    await before.stop();
  });

  it('removes the sign-in delay that failed attempts caused', async () => {
    const user = await aUser();
    const app = await startApp({ env: { AUTH_FREE_FAILURES: '1' } });
    const attempt = (password: string) =>
      anon.at(app.url).post('/auth/token').type('form').send({ username: user.email, password });
    expect((await attempt('Password9')).status).toBe(401);
    expect((await attempt(PASSWORD)).status).toBe(429);
    await reset(await aToken(user), NEW, anon.at(app.url));
    expect((await attempt(NEW)).status).toBe(200);
    await app.stop();
  });

  it.each<[string, (user: Actor, admin: Actor) => PromiseLike<unknown>]>([
    [
      'the password was changed',
      (user) => user.put('/users/me/password', { current_password: PASSWORD, new_password: NEW }),
    ],
    ['the account was disabled', (user, admin) => admin.post(`/users/${user.id}/deactivation`, { reason: 'x' })],
    [
      'the address was changed',
      async ({ id }) => {
        const token = await anAccountToken(id, 'email_change', `new-${id}@example.com`);
        expect((await anon.post('/auth/email/verify', { token })).status).toBe(204);
      },
    ],
    ['the account was deleted', (user) => user.delete(`/users/${user.id}`)],
  ])('rejects an older token once %s', async (_, happen) => {
    const [user, admin] = [await aUser(), await aUser({ role: 'admin' })];
    const token = await aToken(user);
    await happen(user, admin);
    await admin.send('delete', `/users/${user.id}/deactivation`, { reason: 'x' });
    expect(await reset(token, 'Password3')).toMatchObject({ status: 400, body: BAD });
  });
});
