import { hash } from '@node-rs/argon2';
import { randomUUID } from 'node:crypto';
import { anAccountToken } from '../support/account-tokens.js';
import { query } from '../support/database.js';
import { auditOf } from '../support/factories.js';
import { codeAt, enrolled } from '../support/totp.js';
import { Actor, anon, aUser, PASSWORD, signIn } from '../support/world.js';

const clock = { ms: Date.now(), now: () => clock.ms };
const env = { AUTH_FREE_FAILURES: '5' };
const COUNTED = `select count, until from attempts where key like 'account:%' order by key`;
const DAY = 86_400_000;
const WAIT = { detail: 'Too many attempts, try again later' };

let appUrl: string;
let at: Actor;
let user: Actor;

beforeAll(async () => {
  appUrl = (await startApp({ env, providers: { Clock: clock } })).url;
  at = anon.at(appUrl);
});

beforeEach(async () => {
  user = await aUser();
  clock.ms = Date.now() + 1000; // so that the user's token is not from the future
});

const tryAs = (username: string, password: string, more: object = {}) =>
  at
    .post('/auth/token')
    .type('form')
    .send({ username, password, ...more });
const wrong = () => tryAs(user.email, 'Password2');
const right = () => tryAs(user.email, PASSWORD);

/** Signs in with a wrong password this many times, without any delay due. */
async function fail(times: number): Promise<void> {
  for (let i = 0; i < times; i++) expect((await wrong()).status).toBe(401);
}

async function expectToWait(seconds: number, attempt = right): Promise<void> {
  const { status, body, headers } = await attempt();
  expect(status).toBe(429);
  expect(body).toEqual(WAIT);
  expect(headers['retry-after']).toBe(String(seconds));
}

describe('after wrong passwords', () => {
  it('the sixth attempt has to wait one second, even with the correct password, and each failure doubles the delay', async () => {
    await fail(5);
    for (const seconds of [1, 2, 4, 8]) {
      await expectToWait(seconds);
      clock.ms += seconds * 1000 - 1;
      await expectToWait(1);
      clock.ms += 1;
      await fail(1);
    }
    clock.ms += 16_000;
    expect((await right()).status).toBe(200);
  });

  it('the delay is at most 15 minutes', async () => {
    await fail(1);
    await query(`update attempts set count = 60 where key like 'account:%'`);
    await fail(1);
    await expectToWait(900);
    clock.ms += 900_000;
    expect((await right()).status).toBe(200);
  });

  it('sign-in is blocked for 24 hours after 100 failures, and the count then restarts', async () => {
    await fail(1);
    await query(`update attempts set count = 99 where key like 'account:%'`);
    await fail(1);
    await expectToWait(3600);
    clock.ms += DAY - 1;
    await expectToWait(1);
    clock.ms += 1;
    await fail(5);
    await expectToWait(1);
  });

  it('failures expire after 24 hours', async () => {
    await fail(4);
    clock.ms += DAY;
    await fail(4);
    expect((await right()).status).toBe(200);
  });

  it('the correct password resets the count of failures', async () => {
    for (let i = 0; i < 3; i++) {
      await fail(4);
      expect((await right()).status).toBe(200);
    }
  });

  it('a delayed attempt is not hashed, not counted and not recorded in the audit trail', async () => {
    await query('update users set password_hash = $2 where id = $1', [
      user.id,
      await hash(PASSWORD, { memoryCost: 8192, timeCost: 1 }),
    ]);
    await fail(5);
    const before = await query(COUNTED);
    for (let i = 0; i < 10; i++) await expectToWait(1);
    expect(await query(COUNTED)).toEqual(before);
    const [row] = await query<{ password_hash: string }>('select password_hash from users where id = $1', [user.id]);
    expect(row!.password_hash).toContain('m=8192'); // the right password was not even checked
    expect((await auditOf(`users/${user.id}`)).map(({ action }) => action)).toEqual([
      'session.began',
      ...Array<string>(4).fill('session.refused'),
      'user.password_guessed',
      'session.refused',
    ]);
  });

  it('the limit for concurrent attempts is the same as for sequential attempts', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, wrong));
    const counts = [401, 429].map((status) => answers.filter((answer) => answer.status === status).length);
    expect(counts).toEqual([5, 25]);
  });

  it('unknown and invalid user names are delayed like known ones, in any letter case', async () => {
    for (const name of [`${randomUUID()}@example.com`, 'admin', "' or 1=1 --"]) {
      for (let i = 0; i < 5; i++) expect((await tryAs(i % 2 ? name : name.toUpperCase(), PASSWORD)).status).toBe(401);
      const [known, unknown] = [await refusalOf(user.email), await tryAs(name, PASSWORD)];
      expect(unknown.status).toBe(429);
      expect(unknown.text).toBe(known.text);
      expect(Object.keys(unknown.headers)).toEqual(Object.keys(known.headers));
      expect(unknown.headers['retry-after']).toBe('1');
    }
  });

  it('user names are not stored, because users may type a password into the wrong field', async () => {
    await tryAs('My-Secret-Password', PASSWORD);
    expect(JSON.stringify(await query('select * from attempts'))).not.toMatch(/secret/i);
  });

  it('other accounts and existing sessions are not delayed', async () => {
    const { body } = await right();
    await fail(5);
    await expectToWait(1);
    const stranger = await aUser();
    expect((await tryAs(stranger.email, PASSWORD)).status).toBe(200);
    const { refresh_token } = body as { refresh_token: string };
    expect((await at.post('/auth/refresh', { refresh_token })).status).toBe(200);
  });

  it('a signed-in user is not delayed when they change their password', async () => {
    await fail(5);
    await expectToWait(1);
    const change = { current_password: PASSWORD, new_password: 'Password3' };
    expect((await user.at(appUrl).put('/users/me/password', change)).status).toBe(204);
  });

  it('the delay applies in all processes', async () => {
    await fail(5);
    const other = await startApp({ env, providers: { Clock: clock } });
    const answer = await anon
      .at(other.url)
      .post('/auth/token')
      .type('form')
      .send({ username: user.email, password: PASSWORD });
    expect(answer.status).toBe(429);
    await other.stop();
  });

  it('a password reset by mail ends the delay for sign-in and for password checks in a session', async () => {
    await fail(5);
    const changing = (current_password: string, actor = user) =>
      actor.at(appUrl).put('/users/me/password', { current_password, new_password: 'Password4' });
    for (let i = 0; i < 5; i++) expect((await changing('Password2')).status).toBe(403);
    await expectToWait(1);
    await expectToWait(1, () => changing(PASSWORD));
    const token = await anAccountToken(user.id, 'password_reset');
    expect((await at.post('/auth/password/reset', { token, new_password: 'Password3' })).status).toBe(204);
    const { access_token } = await signIn(user.email, 'Password3', appUrl);
    const again = new Actor(user.id, user.email, access_token);
    expect((await changing('Password3', again)).status).toBe(204);
  });

  it('AUTH_FREE_FAILURES=0 disables the delay and the audit event for guessing', async () => {
    const free = anon.at((await startApp({ env: { AUTH_FREE_FAILURES: '0' } })).url);
    const form = { username: user.email, password: 'Password2' };
    for (let i = 0; i < 7; i++) expect((await free.post('/auth/token').type('form').send(form)).status).toBe(401);
    expect((await auditOf(`users/${user.id}`)).map(({ action }) => action)).not.toContain('user.password_guessed');
  });

  it('the correct password of a disabled account counts as a failure, so that its state is not revealed', async () => {
    await query('update users set is_active = false where id = $1', [user.id]);
    for (let i = 0; i < 5; i++) expect((await right()).status).toBe(401);
    await expectToWait(1);
  });

  it('attempts that are refused because too many passwords are being hashed do not count', async () => {
    const free = anon.at((await startApp({ env: { AUTH_FREE_FAILURES: '1000' }, providers: { Clock: clock } })).url);
    const form = { username: user.email, password: 'Password2' };
    const answers = await Promise.all(
      Array.from({ length: 90 }, () => free.post('/auth/token').retry(0).type('form').send(form)),
    );
    const failures = answers.filter(({ status }) => status === 401).length;
    expect(failures).toBeLessThan(90);
    expect(await query('select count from attempts')).toEqual(expect.arrayContaining([{ count: failures }]));
  });
});

/** Returns the answer to an account that has to wait. */
async function refusalOf(email: string) {
  for (let i = 0; i < 5; i++) await tryAs(email, 'Password2');
  return tryAs(email, PASSWORD);
}

describe('with a second factor', () => {
  it('the correct password without a code does not count as a failure', async () => {
    await enrolled(user);
    for (let i = 0; i < 7; i++) expect((await right()).body).toEqual({ detail: 'Second factor required' });
  });

  it('guessing the password in a stolen session is delayed too, with a separate count', async () => {
    const { secret } = await enrolled(user);
    const here = user.at(appUrl);
    const proof = (password: string) => here.delete('/auth/totp').send({ password, code: codeAt(secret, clock.ms) });
    for (let i = 0; i < 5; i++) expect((await proof('Password2')).status).toBe(403);
    await expectToWait(1, () => proof(PASSWORD));
    expect((await right()).body).toEqual({ detail: 'Second factor required' }); // signing in has its own count
    clock.ms += 1000;
    expect((await proof(PASSWORD)).status).toBe(204);
  });
});
