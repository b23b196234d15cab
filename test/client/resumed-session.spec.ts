import type { Tokens } from '../../client/dist/index.js';
import { json, scripted } from './scripted-fetch.js';
import { thrownBy } from './thrown-by.js';

const { MAX_SAFE_INTEGER: LATER } = Number;

/** Returns the tokens of a session after a number of refreshes, with an access token like the server's. */
function tokensOf(sid: string, refreshes: number, expires_at: number): Tokens {
  const claims = Buffer.from(JSON.stringify({ sid, name: 'Zoë ÿÿÿ', refreshes })).toString('base64url');
  return { access_token: `head.${claims}.tail`, refresh_token: `refresh-${refreshes}`, expires_at };
}

/** Returns a server whose posts have two pages, and which accepts only the newest refresh token. */
function server(tokens: Tokens, newest: string) {
  const told: (Tokens | undefined)[] = [];
  const refreshedWith: unknown[] = [];
  const answer = async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname.endsWith('/auth/refresh')) {
      const { refresh_token } = (await request.json()) as Tokens;
      refreshedWith.push(refresh_token);
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (refresh_token !== newest) return json(400, { detail: 'The refresh token is not valid' });
      return json(200, { access_token: 'newest', refresh_token: 'refresh-9', expires_in: 900, token_type: 'bearer' });
    }
    return json(200, [{ id: 1 }], searchParams.has('after') ? {} : { Link: '</api/v1/posts?after=x>; rel="next"' });
  };
  const api = scripted([answer], {}, { tokens, onTokens: (changed: Tokens | undefined) => told.push(changed) });
  return { ...api, told, refreshedWith, tokenSent: () => api.requests.at(-1)!.headers.get('Authorization') };
}

it('tokens that another tab has refreshed replace those of the calls and lists that have begun', async () => {
  const { client, refreshedWith, tokenSent } = server(tokensOf('ann', 0, LATER), 'refresh-1');
  const posts = client.posts.list();
  await posts.next();
  client.auth.resume(tokensOf('ann', 1, 0));
  await posts.next();
  expect(refreshedWith).toEqual(['refresh-1']);
  expect(tokenSent()).toBe('Bearer newest');
});

it('tokens of another session are used only by new calls', async () => {
  const [ann, ben] = [tokensOf('ann', 0, LATER), tokensOf('ben', 0, LATER)];
  const { client, tokenSent } = server(ann, 'none');
  const posts = client.posts.list();
  await posts.next();
  client.auth.resume(ben);
  await posts.next();
  expect(tokenSent()).toBe(`Bearer ${ann.access_token}`);
  await client.profile.get();
  expect(tokenSent()).toBe(`Bearer ${ben.access_token}`);
});

it('tokens without a readable session always begin a session', async () => {
  for (const access_token of ['opaque', 'a.b.c', 'a.e30.c', 'a.bnVsbA.c']) {
    const opaque = { access_token, refresh_token: 'refresh-0', expires_at: LATER };
    const { client, tokenSent } = server(opaque, 'none');
    const posts = client.posts.list();
    await posts.next();
    client.auth.resume({ ...opaque, refresh_token: 'refresh-1', expires_at: 0 });
    await posts.next();
    expect(tokenSent()).toBe(`Bearer ${access_token}`);
  }
});

it.each(['refresh-0', 'none'])(
  'tokens that arrive during a refresh are kept, even if it fails (newest: %s)',
  async (newest) => {
    const { client, told, tokenSent } = server(tokensOf('ann', 0, 0), newest);
    const profile = client.profile.get();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const resumed = tokensOf('ann', 1, LATER);
    client.auth.resume(resumed);
    expect(await thrownBy(profile)).toBeUndefined();
    expect(tokenSent()).toBe(`Bearer ${resumed.access_token}`);
    await client.profile.get();
    expect(tokenSent()).toBe(`Bearer ${resumed.access_token}`);
    expect([client.auth.isSignedIn, told]).toEqual([true, []]);
  },
);
