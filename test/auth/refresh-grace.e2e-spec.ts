import { auditOf } from '../support/factories.js';
import { refresh, whoIs } from '../support/tokens.js';
import { anon, aUser, signIn } from '../support/world.js';

const BAD = { detail: 'The refresh token is not valid' };

/**
 * Creates a session and refreshes it once per pause, in milliseconds, before the pause. Returns its refresh tokens,
 * oldest first.
 */
async function refreshed(pauses: readonly number[]) {
  const { email } = await aUser();
  const tokens = [(await signIn(email)).refresh_token];
  const clock = { ms: Date.now(), now: () => clock.ms };
  const app = await startApp({ providers: { Clock: clock } });
  const again = async (token: string) => refresh(token, anon.at(app.url));
  for (const pause of pauses) {
    tokens.push((await again(tokens.at(-1)!)).body.refresh_token as string);
    clock.ms += pause;
  }
  return { email, tokens, refresh: again, stop: () => app.stop() };
}

describe('a refresh token that is used again', () => {
  it('returns the same new refresh token to a client that lost the response', async () => {
    const { refresh_token: first } = await signIn((await aUser()).email);
    const { refresh_token: second } = (await refresh(first)).body;
    const retried = await refresh(first);
    expect(retried.status).toBe(200);
    expect(retried.body.refresh_token).toBe(second);
    expect((await refresh(second)).status).toBe(200);
  });

  it('ends the session after the grace period of ten seconds, and is recorded in the audit trail', async () => {
    const { id, email } = await aUser();
    const signedIn = await signIn(email);
    const clock = { ms: Date.now(), now: () => clock.ms };
    const app = await startApp({ providers: { Clock: clock } });
    const { body: next } = await refresh(signedIn.refresh_token, anon.at(app.url));
    clock.ms += 10_000;
    const reused = await refresh(signedIn.refresh_token, anon.at(app.url));
    await app.stop();
    expect(reused.status).toBe(400);
    expect(reused.body).toEqual(BAD);
    expect((await refresh(next.refresh_token)).body).toEqual(BAD);
    expect((await whoIs(next.access_token)).status).toBe(401);
    const events = await auditOf(`users/${id}`);
    expect(events.at(-1)).toMatchObject({
      action: 'session.token_reused',
      actor_id: id,
      request_id: reused.headers['x-request-id'],
    });
  });

  it('returns the newest token for ten seconds, even after further refreshes', async () => {
    const { tokens, ...session } = await refreshed([1000, 2000, 0, 500]);
    for (const token of [...tokens.slice(0, -1), tokens[0]!, tokens[2]!])
      expect((await session.refresh(token)).body.refresh_token).toBe(tokens.at(-1));
    const next = await session.refresh(tokens.at(-1)!);
    expect(next.status).toBe(200);
    expect((await session.refresh(tokens[0]!)).body.refresh_token).toBe(next.body.refresh_token);
    expect((await whoIs(next.body.access_token)).status).toBe(200);
    await session.stop();
  });

  it.each([
    ['the first of three tokens', [9000, 1000], 0],
    ['the second of three tokens', [1000, 10_000], 1],
    ['the first of three tokens, after both grace periods', [0, 10_000], 0],
    ['the first of four tokens, long after all grace periods', [0, 0, 60_000], 0],
    ['the only used token', [10_000], 0],
  ])('ends the session if its own grace period is over: %s', async (_, pauses, which) => {
    const { tokens, ...session } = await refreshed(pauses);
    const reused = await session.refresh(tokens[which]!);
    expect([reused.status, reused.body]).toEqual([400, BAD]);
    expect((await session.refresh(tokens.at(-1)!)).body).toEqual(BAD);
    await session.stop();
  });

  it('is accepted in concurrent requests with several tokens of one session', async () => {
    const { tokens, ...session } = await refreshed([0, 0]);
    const answers = await Promise.all(tokens.flatMap((token) => [token, token]).map(session.refresh));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    const newest = (await session.refresh(tokens[0]!)).body.refresh_token as string;
    expect((await session.refresh(newest)).status).toBe(200);
    await session.stop();
  });

  it('does not end other sessions of the user', async () => {
    const { email, tokens, ...session } = await refreshed([10_000]);
    const other = await signIn(email);
    expect((await session.refresh(tokens[0]!)).status).toBe(400);
    await session.stop();
    expect((await whoIs(other.access_token)).status).toBe(200);
    expect((await refresh(other.refresh_token)).status).toBe(200);
  });
});
