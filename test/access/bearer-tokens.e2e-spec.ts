import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { query } from '../support/database.js';
import { claimsOf, forge, whoIs } from '../support/tokens.js';
import { anon, aUser, PASSWORD, signIn, type Actor } from '../support/world.js';

let user: Actor;
let stranger: Actor;
let good: Record<string, unknown>;

beforeAll(async () => {
  [user, stranger] = await Promise.all([aUser(), aUser()]);
  good = claimsOf(user.token!);
});

const shown = (authorization: string) => anon.get('/users/me').set('Authorization', authorization);
const now = () => Math.floor(Date.now() / 1000);

/** Returns a token with valid claims except for these. An undefined value removes a claim. */
const but = (changed: object) => forge({ ...good, ...changed });

/** Sends two headers of the same name, which supertest cannot do. Returns the status. */
function twice(first: string, second: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    http
      .get(`${baseUrl}/users/me`, { headers: ['Authorization', first, 'Authorization', second, 'Host', 'localhost'] })
      .on('response', (response) => resolve(response.resume().statusCode))
      .on('error', reject);
  });
}

describe('the Authorization header', () => {
  it.each(['', 'Basic YTpi', 'Basic bearer x', 'Bearer\tx', 'Bearerx', 'Token x', 'x'])(
    'is treated as missing if it is %j',
    async (header) => {
      const answer = await shown(header);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.body).toEqual({ detail: 'Not authenticated' });
    },
  );

  it.each(['Bearer', 'Bearer ', 'bearer x', 'Bearer x.y.z', 'Bearer a b'])(
    'is rejected as invalid if it is %j',
    async (header) => {
      const answer = await shown(header);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer\b/);
      expect(answer.body).toEqual({ detail: 'Could not validate credentials' });
    },
  );

  it('accepts the scheme in any case and spaces around the token', async () => {
    for (const header of [`bearer ${user.token}`, `BEARER ${user.token}`, `Bearer    ${user.token}  `]) {
      expect((await shown(header)).status).toBe(200);
    }
  });

  it('is read from its first occurrence if it is sent twice', async () => {
    expect(await twice(`Bearer ${user.token}`, 'Bearer x')).toBe(200);
    expect(await twice('Bearer x', `Bearer ${user.token}`)).toBe(401);
  });

  it('is the only place that a token is read from', async () => {
    expect((await anon.get(`/users/me?access_token=${user.token}`)).status).toBe(401);
  });
});

describe('a bearer token', () => {
  it('is valid with the required claims, and with additional claims', async () => {
    expect((await whoIs(but({}))).status).toBe(200);
    expect((await whoIs(but({ scopes: ['x'], scope: 'write', exp: now() + 60.5 }))).status).toBe(200);
    expect((await whoIs(but({ iat: undefined, nbf: undefined }))).status).toBe(200);
    expect((await whoIs(forge(good, { typ: 'at+jwt' }))).status).toBe(200);
  });

  it.each<[string, () => string]>([
    ['with the algorithm none', () => forge(good, { alg: 'none' })],
    ['with the algorithm None', () => forge(good, { alg: 'None' })],
    ['if it is signed with another key', () => forge(good, {}, 'another key that is at least 32 bytes long')],
    ['if it is signed with an empty key', () => forge(good, {}, '')],
    ['if its signature is missing', () => forge(good).replace(/[^.]+$/, '')],
    ['with the algorithm HS512', () => forge(good, { alg: 'HS512' })],
    [
      'if the algorithm in its header was changed',
      () => user.token!.replace(/^[^.]+/, forge({}, { alg: 'HS384' }).split('.')[0]!),
    ],
    [
      'if its claims were changed',
      () => user.token!.replace(/\.[^.]+\./, `.${forge({ ...good, jti: randomUUID() }).split('.')[1]!}.`),
    ],
    ['with a critical extension', () => forge(good, { crit: ['b64'], b64: true })],
    ['with a key id that is not a string', () => forge(good, { kid: 1 })],
    ['if it is too long', () => but({ scope: 'x'.repeat(5000) })],
    ['if it has expired', () => but({ exp: now() - 1 })],
    ['without an expiry time', () => but({ exp: undefined })],
    ['with an invalid expiry time', () => but({ exp: 'never' })],
    ['with a start time in the future', () => but({ nbf: now() + 60 })],
    ['with an issue time in the future', () => but({ iat: now() + 60 })],
    ['with an invalid start time', () => but({ nbf: 'now' })],
    ['for another audience', () => but({ aud: 'others' })],
    ['without an audience', () => but({ aud: undefined })],
    ['from another issuer', () => but({ iss: 'others' })],
    ['without an issuer', () => but({ iss: undefined })],
    ['without a session id', () => but({ sid: undefined })],
    ['with an unknown session id', () => but({ sid: randomUUID() })],
    ['with an invalid session id', () => but({ sid: "' or true --" })],
    ['with the session id of another user', () => but({ sub: String(stranger.id) })],
    ['without a token id', () => but({ jti: undefined })],
    ['with a token id that is not a string', () => but({ jti: 1 })],
    ['without a subject', () => but({ sub: undefined })],
    ['with a number as the subject', () => but({ sub: user.id })],
    ['with null as the subject', () => but({ sub: null })],
    ['with a subject that is not a user id', () => but({ sub: 'ann' })],
    ['with a leading zero in the subject', () => but({ sub: `0${user.id}` })],
    ['with a subject that is too large for a user id', () => but({ sub: '99999999999' })],
    ['with a list as the claims', () => forge([good])],
    ['with null as the claims', () => forge(null)],
  ])('is refused %s', async (_, make) => {
    const answer = await whoIs(make());
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer\b/);
    expect(answer.body).toEqual({ detail: 'Could not validate credentials' });
  });

  it('expires after 15 minutes by the clock of the application', async () => {
    const { access_token } = await signIn(user.email);
    const [before, after] = await Promise.all(
      [895_000, 900_000].map((ms) => startApp({ providers: { Clock: { now: () => Date.now() + ms } } })),
    );
    const at = (url: string) => anon.at(url).get('/users/me').set('Authorization', `Bearer ${access_token}`);
    expect((await at(before!.url)).status).toBe(200);
    expect((await at(after!.url)).status).toBe(401);
    const fresh = await signIn(user.email, PASSWORD, after!.url);
    const answer = await anon.at(after!.url).get('/users/me').set('Authorization', `Bearer ${fresh.access_token}`);
    expect(answer.status).toBe(200);
    await Promise.all([before!.stop(), after!.stop()]);
  });

  it('is validated by the clock of the application alone, even if that clock is slow', async () => {
    const slow = await startApp({ providers: { Clock: { now: () => Date.now() - 600_000 } } });
    const [made, end] = [now() - 1200, now() - 60];
    const token = but({ iat: made, nbf: made, exp: end });
    const answer = await anon.at(slow.url).get('/users/me').set('Authorization', `Bearer ${token}`);
    expect(answer.status).toBe(200);
    expect((await whoIs(token)).status).toBe(401);
    await slow.stop();
  });

  it.each([1500, 4000])('is valid immediately on a machine whose clock is %i ms behind', async (ms) => {
    const behind = await startApp({ providers: { Clock: { now: () => Date.now() - ms } } });
    const { access_token } = await signIn(user.email);
    const answer = await anon.at(behind.url).get('/users/me').set('Authorization', `Bearer ${access_token}`);
    expect(answer.status).toBe(200);
    await behind.stop();
  });

  it('identifies its own account during concurrent requests', async () => {
    const people = Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? user : stranger));
    const answers = await Promise.all(people.map((person) => person.get('/users/me')));
    expect(answers.map(({ body }) => body.id)).toEqual(people.map(({ id }) => id));
  });

  it('is refused as soon as the account is disabled, and valid again when the account is enabled', async () => {
    const { id, token } = await aUser();
    await query('update users set is_active = false where id = $1', [id]);
    expect((await whoIs(token!)).body).toEqual({ detail: 'Could not validate credentials' });
    await query('update users set is_active = true where id = $1', [id]);
    expect((await whoIs(token!)).status).toBe(200);
  });

  it('causes a 500 instead of a 401 if the database fails', async () => {
    const { token } = await aUser();
    await query('alter table sessions rename to moved');
    expectServerErrors();
    const answer = await whoIs(token!);
    await query('alter table moved rename to sessions');
    expect(answer.status).toBe(500);
  });

  it('contains no role: the role is read from the database for each request', async () => {
    const admin = await aUser({ role: 'admin' });
    expect((await admin.get('/users')).status).toBe(200);
    await query(`update users set role = 'user' where id = $1`, [admin.id]);
    expect((await admin.get('/users')).status).toBe(403);
  });

  it('is valid for the greatest possible account id', async () => {
    const { id, email } = await aUser();
    await query('delete from sessions where user_id = $1', [id]);
    await query('update users set id = 2147483647 where id = $1', [id]);
    expect((await whoIs((await signIn(email)).access_token)).body.id).toBe(2_147_483_647);
  });

  it('is validated before the request: a missing or invalid token is a 401 even if the request is also invalid', async () => {
    expect((await anon.put('/users/abc', {})).status).toBe(401);
    expect((await anon.get('/orders?page=x')).status).toBe(401);
    expect((await shown('Bearer x').query({ page: 'x' })).status).toBe(401);
  });

  it('must be valid if it is sent to a route where it is optional', async () => {
    const body = { email: `${randomUUID()}@example.com`, name: 'Ann', password: PASSWORD };
    const answer = await anon.post('/users', body).set('Authorization', 'Bearer x');
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ detail: 'Could not validate credentials' });
  });
});
