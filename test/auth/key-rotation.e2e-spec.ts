import { createHash } from 'node:crypto';
import { query } from '../support/database.js';
import { auditOf } from '../support/factories.js';
import { claimsOf, forge, headerOf, refresh } from '../support/tokens.js';
import { codeAt, enrolled, signInWith } from '../support/totp.js';
import { anon, aUser, PASSWORD, signIn, type Actor } from '../support/world.js';

const OLD = 'only-for-tests-and-at-least-32-bytes-long'; // the secret of the application at baseUrl
const NEW = 'another-key-for-tests-of-more-than-32-bytes';

let users: Actor[];
let guarded: Actor;
let secret: string;
let rotating: RunningApp;
let rotated: RunningApp;

beforeAll(async () => {
  users = await Promise.all(Array.from({ length: 10 }, () => aUser()));
  guarded = await aUser();
  ({ secret } = await enrolled(guarded));
  rotating = await startApp({ env: { JWT_SECRET: NEW, JWT_RETIRED_SECRETS: OLD } });
  rotated = await startApp({ env: { JWT_SECRET: NEW } });
});

const whoIsAt = (app: { url: string }, token: string) =>
  anon.at(app.url).get('/users/me').set('Authorization', `Bearer ${token}`);

it('the audit trail records each change of the signing key, with the key id', async () => {
  const events = await query<{ details: { before?: { key_id: string }; after: { key_id: string } } }>(
    `select details from audit_events where action = 'key.changed' order by id`,
  );
  const [first, second, ...more] = events.map(({ details }) => details);
  expect(more).toEqual([]); // the third application signs with the same key as the second
  const { access_token } = await signIn(users[0]!.email, PASSWORD, rotated.url);
  expect(first).toEqual({ after: { key_id: headerOf(users[0]!.token!)['kid'] } });
  expect(second).toEqual({ before: first!.after, after: { key_id: headerOf(access_token)['kid'] } });
});

it('second factors work without the former secret after one start with both secrets', async () => {
  const answer = await signInWith(guarded.email, codeAt(secret, Date.now()), anon.at(rotated.url));
  expect(answer.status).toBe(200);
});

describe('while the former secret is listed as retired', () => {
  it('access tokens signed with either secret are accepted', async () => {
    for (const user of users) {
      const renewed = await signIn(user.email, PASSWORD, rotating.url);
      for (const token of [user.token!, renewed.access_token, user.token!]) {
        const { status, body } = await whoIsAt(rotating, token);
        expect([status, (body as { id: number }).id]).toEqual([200, user.id]);
      }
    }
  });

  it('access tokens without a key id are accepted, because earlier releases issued them', async () => {
    const claims = claimsOf(users[0]!.token!);
    expect(headerOf(forge(claims))).not.toHaveProperty('kid');
    for (const key of [OLD, NEW]) expect((await whoIsAt(rotating, forge(claims, {}, key))).status).toBe(200);
    expect((await whoIsAt(rotating, forge(claims, {}, `${OLD}!`))).status).toBe(401);
  });

  it('a refresh token from before the change returns an access token signed with the new secret', async () => {
    const { email } = users[1]!;
    const tokens = await signIn(email);
    const answer = await refresh(tokens.refresh_token, anon.at(rotating.url));
    expect(answer.status).toBe(200);
    const { access_token, refresh_token } = answer.body as typeof tokens;
    for (const app of [rotating, rotated]) expect((await whoIsAt(app, access_token)).status).toBe(200);
    expect((await refresh(refresh_token, anon.at(rotated.url))).status).toBe(200);
  });

  it('a client that lost the response to its last refresh receives the same refresh token again', async () => {
    const tokens = await signIn(users[2]!.email);
    const lost = (await refresh(tokens.refresh_token)).body as typeof tokens;
    const again = await refresh(tokens.refresh_token, anon.at(rotating.url));
    expect(again.status).toBe(200);
    expect((again.body as typeof tokens).refresh_token).toBe(lost.refresh_token);
    expect((await refresh(lost.refresh_token, anon.at(rotating.url))).status).toBe(200);
  });

  it('a session ends if an old refresh token is reused', async () => {
    const { id, email } = users[3]!;
    const first = await signIn(email);
    const second = (await refresh(first.refresh_token, anon.at(rotating.url))).body as typeof first;
    await query(`update sessions set rotated_at = rotated_at - interval '10 s' where user_id = $1`, [id]);
    await refresh(second.refresh_token, anon.at(rotating.url));
    expect((await refresh(first.refresh_token, anon.at(rotating.url))).status).toBe(400);
    expect((await auditOf(`users/${id}`)).at(-1)).toMatchObject({ action: 'session.token_reused' });
  });

  it('machines can be updated one after another if all accept the new secret before it is used to sign', async () => {
    const first = await startApp({ env: { JWT_SECRET: OLD, JWT_RETIRED_SECRETS: NEW } });
    const { email } = users[4]!;
    const ofEach = await Promise.all([first, rotating].map(({ url }) => signIn(email, PASSWORD, url)));
    for (const app of [first, rotating])
      for (const tokens of ofEach) expect((await whoIsAt(app, tokens.access_token)).status).toBe(200);
    expect((await refresh(ofEach[1]!.refresh_token, anon.at(first.url))).status).toBe(200);
    await first.stop();
  });
});

describe('after the former secret is removed from the configuration', () => {
  it('access tokens signed with it are refused, and the session continues', async () => {
    const { access_token, refresh_token } = await signIn(users[5]!.email);
    expect((await whoIsAt(rotated, access_token)).status).toBe(401);
    expect((await whoIsAt(rotated, forge(claimsOf(access_token), {}, OLD))).status).toBe(401);
    expect((await whoIsAt(rotating, access_token)).status).toBe(200);
    expect((await refresh(refresh_token, anon.at(rotated.url))).status).toBe(200);
  });
});

describe('the key id', () => {
  it('is a short digest that is not part of the SHA-256 hash of the secret', async () => {
    const [old, renewed] = await Promise.all(
      [baseUrl, rotating.url].map((url) => signIn(users[6]!.email, PASSWORD, url)),
    );
    const { kid, ...rest } = headerOf(old!.access_token);
    expect(rest).toEqual({ alg: 'HS256', typ: 'at+jwt' });
    expect(kid).toMatch(/^[\da-f]{16}$/);
    expect(headerOf(renewed!.access_token)['kid']).not.toBe(kid);
    for (const digest of ['hex', 'base64url'] as const)
      expect(createHash('sha256').update(OLD).digest(digest)).not.toContain(kid);
  });

  it('selects the secret, so that a signature by another secret is refused', async () => {
    const { access_token } = await signIn(users[7]!.email);
    const [claims, { kid }] = [claimsOf(access_token), headerOf(access_token)];
    expect((await whoIsAt(rotating, forge(claims, { kid }, OLD))).status).toBe(200);
    expect((await whoIsAt(rotating, forge(claims, { kid }, NEW))).status).toBe(401);
    expect((await whoIsAt(rotating, forge(claims, { kid: '0'.repeat(16) }, NEW))).status).toBe(401);
  });
});
