import { query } from '../support/database.js';
import { auditOf } from '../support/factories.js';
import { amid } from '../support/races.js';
import { claimsOf, refresh, whoIs } from '../support/tokens.js';
import { Actor, anon, aUser, signIn } from '../support/world.js';

const BAD = { detail: 'The refresh token is not valid' };

/** Starts another application whose clock is ahead by this many milliseconds. */
const later = (ms: number, env: Record<string, string> = {}) =>
  startApp({ env, providers: { Clock: { now: () => Date.now() + ms } } });
const DAY_MS = 86_400_000;
const bytes = (token: string) => Buffer.from(token, 'base64url');
const joined = (...parts: Buffer[]) => Buffer.concat(parts).toString('base64url');

describe('POST /auth/refresh', () => {
  it('exchanges the token for new tokens of the same session', async () => {
    const { email, id } = await aUser();
    const signedIn = await signIn(email);
    const answer = await refresh(signedIn.refresh_token);
    expect(answer.status).toBe(200);
    const { access_token, refresh_token, ...rest } = answer.body;
    expect(rest).toEqual({ token_type: 'bearer', expires_in: 900 });
    expect(refresh_token).not.toBe(signedIn.refresh_token);
    const [before, after] = [claimsOf(signedIn.access_token), claimsOf(access_token)];
    expect(after).toMatchObject({ sub: String(id), sid: before['sid'] });
    expect(after['jti']).not.toBe(before['jti']);
    expect((await whoIs(access_token)).status).toBe(200);
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  it('returns the same next token to concurrent requests with one token', async () => {
    const { refresh_token } = await signIn((await aUser()).email);
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(refresh_token)));
    const taken = answers.filter(({ status }) => status !== 503); // a busy machine refuses some
    expect(new Set(taken.map(({ status }) => status))).toEqual(new Set([200]));
    const next = new Set(taken.map(({ body }) => body.refresh_token as string));
    expect(next.size).toBe(1);
    expect((await refresh([...next][0]!)).status).toBe(200);
  });

  it('refuses a token that concurrent requests have already rotated twice', async () => {
    const user = await aUser();
    const { refresh_token } = await signIn(user.email);
    const twoOn = `update sessions set token_hash = 'two on', parent_hash = 'one on' where user_id = $1`;
    const answer = await amid(twoOn, [user.id], async () => refresh(refresh_token));
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual(BAD);
  });

  it('works until the session expires, 30 days after its start', async () => {
    const { refresh_token } = await signIn((await aUser()).email);
    let token = refresh_token;
    for (const day of [13, 26, 29]) {
      const app = await later(day * DAY_MS);
      const kept = await refresh(token, anon.at(app.url));
      expect([day, kept.status]).toEqual([day, 200]);
      token = kept.body.refresh_token;
      await app.stop();
    }
    const after = await later(30 * DAY_MS);
    expect((await refresh(token, anon.at(after.url))).body).toEqual(BAD);
    await after.stop();
  });

  it('fails after 14 days without use, or after REFRESH_IDLE_DAYS', async () => {
    const { refresh_token } = await signIn((await aUser()).email);
    const twoDays = { REFRESH_IDLE_DAYS: '2' };
    for (const [ms, env] of [
      [14 * DAY_MS, {}],
      [2 * DAY_MS, twoDays],
    ] as const) {
      const app = await later(ms, env);
      expect((await refresh(refresh_token, anon.at(app.url))).body).toEqual(BAD);
      await app.stop();
    }
    const still = await later(2 * DAY_MS - 60_000, twoDays);
    expect((await refresh(refresh_token, anon.at(still.url))).status).toBe(200);
    await still.stop();
  });

  it('refuses the tokens of a disabled account', async () => {
    const { id, email } = await aUser();
    const { refresh_token } = await signIn(email);
    await query('update users set is_active = false where id = $1', [id]);
    expect((await refresh(refresh_token)).body).toEqual(BAD);
  });

  it('refuses a token that was never issued, without ending a session', async () => {
    const user = await aUser();
    const [{ refresh_token, access_token }, other] = [await signIn(user.email), await signIn(user.email)];
    const [mine, theirs] = [bytes(refresh_token), bytes(other.refresh_token)];
    const foreign = joined(mine.subarray(0, 16), theirs.subarray(16)); // a session id alone is not enough
    const short = joined(mine.subarray(0, 63));
    for (const token of [access_token, foreign, short, `${refresh_token}.`, refresh_token.slice(0, 43), 'x', '']) {
      const answer = await refresh(token);
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual(BAD);
    }
    for (const token of [refresh_token, other.refresh_token]) expect((await refresh(token)).status).toBe(200);
  });

  it('ends the session if only the secret part of the token is wrong', async () => {
    const { refresh_token } = await signIn((await aUser()).email);
    const made = joined(bytes(refresh_token).subarray(0, 32), Buffer.alloc(32));
    expect((await refresh(made)).status).toBe(400);
    expect((await refresh(refresh_token)).status).toBe(400);
  });

  it('stores nothing in the database from which a token could be derived', async () => {
    const user = await aUser();
    const { refresh_token: first } = await signIn(user.email);
    const { refresh_token: second } = (await refresh(first)).body as { refresh_token: string };
    const rows = await query<{ row: string }>('select s::text as row from sessions s where user_id = $1', [user.id]);
    const secrets = [first, second].flatMap((token) => [token, token.slice(22, 43), token.slice(43)]);
    for (const { row } of rows) for (const secret of secrets) expect(row).not.toContain(secret);
  });

  it('uses refresh tokens that are refused as bearer tokens', async () => {
    const answer = await whoIs((await signIn((await aUser()).email)).refresh_token);
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ detail: 'Could not validate credentials' });
  });

  it('requires the token, and does not echo an invalid one', async () => {
    const without = await anon.post('/auth/refresh', {});
    expect(without.status).toBe(422);
    expect(without.body.detail).toEqual([
      { type: 'missing', loc: ['body', 'refresh_token'], msg: 'Field required', input: {} },
    ]);
    const wrong = await anon.post('/auth/refresh', { refresh_token: 12_345 });
    expect(wrong.body.detail).toEqual([
      {
        type: 'string_type',
        loc: ['body', 'refresh_token'],
        msg: 'Input should be a valid string',
        input: '**********',
      },
    ]);
  });
});

describe('POST /auth/logout', () => {
  it('ends the session of the access token, and no other session', async () => {
    const user = await aUser();
    const other = await signIn(user.email);
    const ended = await signIn(user.email);
    const answer = await new Actor(user.id, user.email, ended.access_token).post('/auth/logout');
    expect(answer.status).toBe(204);
    expect(answer.text).toBe('');
    expect((await whoIs(ended.access_token)).status).toBe(401);
    expect((await refresh(ended.refresh_token)).body).toEqual(BAD);
    expect((await whoIs(other.access_token)).status).toBe(200);
    expect((await refresh(other.refresh_token)).status).toBe(200);
    expect(await auditOf(`users/${user.id}`)).toContainEqual({
      action: 'session.ended',
      actor_id: user.id,
      request_id: answer.headers['x-request-id'],
      details: {},
    });
  });

  it('requires authentication', async () => {
    const answer = await anon.post('/auth/logout');
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.body).toEqual({ detail: 'Not authenticated' });
  });

  it('ends the session of a refresh token in the body instead, even if the token was already used', async () => {
    const [caller, user] = [await aUser(), await aUser()];
    const tokens = await signIn(user.email);
    expect((await refresh(tokens.refresh_token)).status).toBe(200);
    const { refresh_token } = tokens;
    expect((await caller.post('/auth/logout', { refresh_token })).status).toBe(204);
    expect((await whoIs(tokens.access_token)).status).toBe(401);
    expect((await whoIs(caller.token!)).status).toBe(200);
    const events = await auditOf(`users/${user.id}`);
    expect(events.at(-1)).toMatchObject({ action: 'session.ended', actor_id: caller.id });
    expect((await caller.post('/auth/logout', { refresh_token })).status).toBe(204);
    expect(await auditOf(`users/${user.id}`)).toEqual(events);
  });

  it('ends no session for an invalid refresh token', async () => {
    const user = await aUser();
    const id = Buffer.from((claimsOf(user.token!)['sid'] as string).replaceAll('-', ''), 'hex');
    const made = Buffer.concat([id, Buffer.alloc(48)]).toString('base64url');
    for (const refresh_token of ['none', made])
      expect((await user.post('/auth/logout', { refresh_token })).status).toBe(204);
    expect((await whoIs(user.token!)).status).toBe(200);
  });

  it('requires refresh_token if a body is sent', async () => {
    const user = await aUser();
    const answer = await user.post('/auth/logout', {});
    expect(answer.status).toBe(422);
    expect(answer.body).toEqual({
      detail: [{ type: 'missing', loc: ['body', 'refresh_token'], msg: 'Field required', input: {} }],
    });
    expect((await whoIs(user.token!)).status).toBe(200);
  });
});
