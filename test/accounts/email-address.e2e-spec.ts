import { randomUUID } from 'node:crypto';
import { aMinuteLater, anAccountToken, mailedToken, mailedTokens } from '../support/account-tokens.js';
import { scriptOf } from '../support/access-tokens.js';
import { query } from '../support/database.js';
import { auditOf, eventually } from '../support/factories.js';
import { readMailsTo } from '../support/mail.js';
import { amid, statusesOf } from '../support/races.js';
import { Actor, anon, aUser, PASSWORD, signIn } from '../support/world.js';

const SOON = 'A mail is already on its way, please wait a minute before you request another';
const BAD = { detail: 'The token is not valid' };
const anAddress = () => `${randomUUID()}@example.com`;
const verify = (token: string, at: Actor = anon) => at.post('/auth/email/verify', { token });
const change = (user: Actor, email: string, current_password = PASSWORD) =>
  user.put('/users/me/email', { email, current_password });
const verifiedAt = async (user: Actor) => (await user.get('/profile')).body.email_verified_at as string | null;
const emailOf = async (user: Actor) => (await user.get('/users/me')).body.email as string;

/** Starts another application whose clock is ahead by this many hours. */
const later = (hours: number) => startApp({ providers: { Clock: { now: () => Date.now() + hours * 3_600_000 } } });

describe('a new account', () => {
  it('confirms its address with the token from the welcome mail', async () => {
    const email = anAddress();
    const { body } = await anon.post('/users', { email, name: 'Ann', password: PASSWORD });
    const user = new Actor(body.id as number, email, (await signIn(email)).access_token);
    expect(await verifiedAt(user)).toBeNull();
    const answer = await verify(await mailedToken(email, 'Welcome to Aerie'));
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(Date.parse((await verifiedAt(user))!)).toBeGreaterThan(Date.now() - 60_000);
    const { id } = user;
    expect((await auditOf(`users/${id}`)).at(-1)).toMatchObject({ action: 'user.email_verified', actor_id: id });
  });
});

describe('POST /auth/email/verify', () => {
  it('accepts a token only once, even from concurrent anonymous requests', async () => {
    const user = await aUser();
    const token = await anAccountToken(user.id, 'email_verification');
    const answers = await Promise.all(Array.from({ length: 5 }, () => verify(token)));
    expect(statusesOf(answers)).toEqual([204, 400, 400, 400, 400]);
    expect(await verify(token)).toMatchObject({ status: 400, body: BAD });
  });

  it('accepts a token for 24 hours', async () => {
    const user = await aUser();
    await user.post('/auth/email/verification');
    const token = await mailedToken(user.email, 'Confirm your address');
    const after = await later(24);
    expect(await verify(token, anon.at(after.url))).toMatchObject({ status: 400, body: BAD });
    await after.stop();
    const before = await later(23.9);
    expect((await verify(token, anon.at(before.url))).status).toBe(204);
    await before.stop();
  });

  it('rejects tokens for another address, for another purpose or of a disabled account, and unknown tokens', async () => {
    const [user, disabled] = [await aUser(), await aUser()];
    const off = await anAccountToken(disabled.id, 'email_verification');
    await query('update users set is_active = false where id = $1', [disabled.id]);
    const former = await anAccountToken(user.id, 'email_verification', anAddress());
    for (const token of [off, former, await anAccountToken(user.id, 'password_reset'), 'A'.repeat(43), ''])
      expect(await verify(token)).toMatchObject({ status: 400, body: BAD });
    expect(await verifiedAt(user)).toBeNull();
    expect((await anon.post('/auth/email/verify', { token: 5 })).body.detail).toMatchObject([{ input: '**********' }]);
  });
});

describe('POST /auth/email/verification', () => {
  it('mails another token at most once a minute, and only the newest token is valid', async () => {
    const user = await aUser();
    for (const message of ['Email queued', SOON, SOON]) {
      const answer = await user.post('/auth/email/verification');
      expect([answer.status, answer.body]).toEqual([200, { message }]);
    }
    const first = await mailedToken(user.email, 'Confirm your address');
    await aMinuteLater(user.id);
    await user.post('/auth/email/verification');
    const second = await mailedToken(user.email, 'Confirm your address', 2);
    expect(await mailedTokens(user.email, 'Confirm your address')).toHaveLength(2);
    expect((await verify(first)).status).toBe(400);
    expect((await verify(second)).status).toBe(204);
  });

  it('reports right after a sign-up that a mail is already on its way, and queues no second mail', async () => {
    const email = anAddress();
    const { body } = await anon.post('/users', { email, name: 'Ann', password: PASSWORD });
    await mailedToken(email, 'Welcome to Aerie');
    const user = new Actor(body.id as number, email, (await signIn(email)).access_token);
    expect((await user.post('/auth/email/verification')).body).toEqual({ message: SOON });
    expect(
      await query(`select 1 from pgboss.job where name = 'verification-mail' and data->>'user_id' = $1`, [
        `${user.id}`,
      ]),
    ).toEqual([]);
  });

  it('queues only one mail for two concurrent requests', async () => {
    const user = await aUser();
    const answers = await Promise.all([1, 2].map(() => user.post('/auth/email/verification')));
    expect(answers.map(({ body }) => (body as { message: string }).message).toSorted()).toEqual([SOON, 'Email queued']);
  });

  it('answers 409 if the address is already confirmed', async () => {
    const user = await aUser();
    await verify(await anAccountToken(user.id, 'email_verification'));
    const answer = await user.post('/auth/email/verification');
    expect([answer.status, answer.body]).toEqual([409, { detail: 'The address is already confirmed' }]);
  });

  it('rejects a reused idempotency key after the role of the account has changed', async () => {
    const user = await aUser();
    const send = () => user.post('/auth/email/verification').set('Idempotency-Key', 'verification');
    expect((await send()).status).toBe(200);
    expect((await send()).headers['idempotency-replayed']).toBe('true');
    await query(`update users set role = 'admin' where id = $1`, [user.id]);
    const { status, body } = await send();
    expect([status, body]).toMatchObject([422, { detail: [{ type: 'idempotency_key_reused' }] }]);
  });

  it('requires a session: rejects anonymous callers and access tokens', async () => {
    expect((await anon.post('/auth/email/verification')).status).toBe(401);
    expect((await (await scriptOf(await aUser(), 'write')).post('/auth/email/verification')).status).toBe(403);
  });
});

describe('PUT /users/me/email', () => {
  it('changes the address only when the token sent to the new address is confirmed', async () => {
    const user = await aUser();
    const email = anAddress();
    const answer = await change(user, email.toUpperCase());
    expect([answer.status, answer.body]).toEqual([200, { message: 'Email queued' }]);
    const token = await mailedToken(email, 'Confirm your new address');
    expect(await emailOf(user)).toBe(user.email);
    expect((await verify(token)).status).toBe(204);
    expect(await emailOf(user)).toBe(email);
    expect(await verifiedAt(user)).not.toBeNull();
    expect((await signIn(email)).expires_in).toBe(900);
    expect(
      (await anon.post('/auth/token').type('form').send({ username: user.email, password: PASSWORD })).status,
    ).toBe(401);
  });

  it('notifies the current address in a mail without a token', async () => {
    const user = await aUser();
    await change(user, anAddress());
    const [note] = await eventually(async () => readMailsTo(user.email));
    expect(note!.headers['subject']).toBe('Your e-mail address is about to change');
    expect(note!.text).not.toMatch(/[\w-]{43}/);
  });

  it('records the request in the audit trail, then the change with the old and the new address', async () => {
    const user = await aUser();
    const email = anAddress();
    await change(user, email);
    await verify(await mailedToken(email, 'Confirm your new address'));
    const details = { before: { email: user.email }, after: { email } };
    expect((await auditOf(`users/${user.id}`)).slice(-2)).toMatchObject([
      { action: 'user.email_change_requested', actor_id: user.id, details: {} },
      { action: 'user.email_changed', actor_id: user.id, details },
    ]);
  });

  it('answers 409 and keeps the token valid if another account has taken the address in the meantime', async () => {
    const user = await aUser();
    const token = await anAccountToken(user.id, 'email_change', 'contested@example.com');
    const other = await aUser({ email: 'contested@example.com' });
    const answer = await verify(token);
    expect([answer.status, answer.body]).toEqual([409, { detail: 'Email already registered' }]);
    expect(await emailOf(user)).toBe(user.email);
    await other.delete(`/users/${other.id}`);
    expect((await verify(token)).status).toBe(204);
  });

  it('assigns an address to only one of two accounts that both have a token for it', async () => {
    const users = [await aUser(), await aUser()];
    const tokens = await Promise.all(users.map(({ id }) => anAccountToken(id, 'email_change', 'both@example.com')));
    expect(statusesOf(await Promise.all(tokens.map((token) => verify(token))))).toEqual([204, 409]);
    expect((await Promise.all(users.map(emailOf))).filter((email) => email === 'both@example.com')).toHaveLength(1);
  });

  it('reports that a mail is already on its way if the same address is requested again within a minute', async () => {
    const user = await aUser();
    const email = anAddress();
    for (const message of ['Email queued', SOON]) expect((await change(user, email)).body).toEqual({ message });
    await mailedToken(email, 'Confirm your new address');
    await eventually(async () => readMailsTo(user.email));
    expect(await readMailsTo(user.email)).toHaveLength(1);
  });

  it('accepts a different address immediately, and then only the newest token is valid', async () => {
    const user = await aUser();
    const [slip, meant] = [anAddress(), anAddress()];
    await change(user, slip);
    const first = await mailedToken(slip, 'Confirm your new address');
    await change(user, meant);
    const second = await mailedToken(meant, 'Confirm your new address');
    expect((await verify(first)).status).toBe(400);
    expect((await verify(second)).status).toBe(204);
    expect(await emailOf(user)).toBe(meant);
  });

  it('mails an address at most once a minute, even if another one or a new password is requested in between', async () => {
    const user = await aUser();
    const [stranger, other] = [anAddress(), anAddress()];
    const messages: string[] = [];
    for (const email of [stranger, other, stranger, other])
      messages.push((await change(user, email)).body.message as string);
    await user.put('/users/me/password', { current_password: PASSWORD, new_password: 'Password2' });
    messages.push((await change(user, stranger, 'Password2')).body.message as string);
    expect(messages).toEqual(['Email queued', 'Email queued', SOON, SOON, SOON]);
    await mailedToken(other, 'Confirm your new address');
    const jobs = `select 1 from pgboss.job where name = 'email-change-mail' and data->>'email' = $1`;
    expect(await query(jobs, [stranger])).toHaveLength(1);
  });

  it('requires the current password, even if it changes while the request waits', async () => {
    const user = await aUser();
    const answer = await change(user, anAddress(), 'Password2');
    expect([answer.status, answer.body]).toEqual([403, { detail: 'The current password is wrong' }]);
    const other = `update users set password_hash = 'another' where id = $1`;
    expect((await amid(other, [user.id], async () => change(user, anAddress()))).status).toBe(403);
    expect(await query('select 1 from account_tokens where user_id = $1', [user.id])).toEqual([]);
  });

  it('requires a session and a valid address', async () => {
    const user = await aUser();
    expect((await change(anon, anAddress())).status).toBe(401);
    expect((await change(await scriptOf(user, 'write'), anAddress())).status).toBe(403);
    expect((await change(user, 'ann@')).body.detail).toMatchObject([{ loc: ['body', 'email'] }]);
  });

  it('answers 401 if the account is deleted while the request waits', async () => {
    const user = await aUser();
    const answer = await amid('delete from users where id = $1', [user.id], async () => change(user, anAddress()));
    expect([answer.status, answer.body]).toEqual([401, { detail: 'Could not validate credentials' }]);
  });
});
