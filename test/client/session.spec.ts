import type { Tokens } from '../../client/dist/index.js';
import { POLICY } from '../../client/dist/retries.js';
import { GRACE_MS } from '../../src/auth/refresh-token-rotation.js';
import { json, page, scripted, type Scripted } from './scripted-fetch.js';
import { thrownBy } from './thrown-by.js';

const { jest } = import.meta;

afterEach(() => jest.useRealTimers());

const OVER: Tokens = { access_token: 'old', refresh_token: 'refresh-1', expires_at: 0 };
const NEW = json(200, { access_token: 'new', refresh_token: 'refresh-2', expires_in: 900, token_type: 'bearer' });
const PROFILE = json(200, { id: 1 });
const GOOD: Tokens = { ...OVER, expires_at: Number.MAX_SAFE_INTEGER };

/** Returns a server that accepts one access token at a time. With `refuses` it refuses refresh tokens. */
function server(tokens: Tokens, { refuses = false } = {}) {
  let good = 'new-0';
  let refreshes = 0;
  const told: (Tokens | undefined)[] = [];
  const answer = async (request: Request) => {
    const { pathname } = new URL(request.url);
    if (pathname.endsWith('/auth/token')) good = 'of-sign-in';
    if (pathname.endsWith('/auth/refresh')) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (refuses) return json(400, { detail: 'The refresh token is not valid' });
      good = `new-${++refreshes}`;
    }
    if (/\/auth\/(?:token|refresh)$/.test(pathname)) {
      return json(200, { access_token: good, refresh_token: `refresh-${good}`, expires_in: 900, token_type: 'bearer' });
    }
    const isGood = request.headers.get('Authorization') === `Bearer ${good}`;
    return isGood ? json(200, { id: 1 }) : json(401, { detail: 'Could not validate credentials' });
  };
  const onTokens = (changed: Tokens | undefined) => told.push(changed);
  return { ...scripted([answer], {}, { tokens, onTokens }), told };
}

/** Returns a client whose access token has expired, and what it reports. */
function watched(steps: Parameters<typeof scripted>[0], retries: Parameters<typeof scripted>[1] = {}) {
  const told: (Tokens | undefined)[] = [];
  const onTokens = (changed: Tokens | undefined) => told.push(changed);
  return { ...scripted(steps, retries, { tokens: OVER, onTokens }), told };
}

const asked = ({ requests }: Scripted, path: string) => requests.filter(({ url }) => url.endsWith(path)).length;

it.each([
  ['that has expired', OVER],
  ['that the server refuses', GOOD],
])('an access token %s is refreshed once for all concurrent calls', async (_, tokens) => {
  const api = server(tokens);
  const profiles = await Promise.all(Array.from({ length: 8 }, () => api.client.profile.get()));
  expect(profiles).toHaveLength(8);
  expect(asked(api, '/auth/refresh')).toBe(1);
  expect(api.told).toEqual([
    { access_token: 'new-1', refresh_token: 'refresh-new-1', expires_at: expect.any(Number) as number },
  ]);
});

it('a caller that stops waiting does not end the refresh for the others', async () => {
  const api = server(OVER);
  const [left, stayed] = [
    thrownBy(api.client.profile.get({ signal: AbortSignal.timeout(5) })),
    api.client.profile.get(),
  ];
  expect(await left).toMatchObject({ name: 'TimeoutError' });
  expect(await stayed).toEqual({ id: 1 });
  expect(asked(api, '/auth/refresh')).toBe(1);
});

it('the end of a session is reported once, and all calls fail as signed out', async () => {
  const api = server(GOOD, { refuses: true });
  const errors = await Promise.all([1, 2, 3].map(() => thrownBy(api.client.profile.get())));
  for (const error of errors) expect(error).toMatchObject({ kind: 'signed-out' });
  expect(api.told).toEqual([undefined]);
  expect(api.client.auth.isSignedIn).toBe(false);
});

it.each([400, 401])('the session ends if its refresh gets a %i', async (status) => {
  const { client, told } = watched([json(status, { detail: 'No' })]);
  expect(await thrownBy(client.profile.get())).toMatchObject({ kind: 'signed-out', cause: { status } });
  expect([client.auth.isSignedIn, told]).toEqual([false, [undefined]]);
});

it.each([403, 404, 413, 415, 422, 429, 500, 503])(
  'a refresh that gets a %i does not end the session',
  async (status) => {
    const { client, told, requests } = watched([json(status, { detail: 'No' })], { budget: 0 });
    const failure = { kind: 'api', status, operation: 'refreshToken' };
    expect(await thrownBy(client.profile.get())).toMatchObject(failure);
    expect([client.auth.isSignedIn, told]).toEqual([true, []]);
    await thrownBy(client.profile.get());
    for (const request of requests) expect(await request.json()).toEqual({ refresh_token: 'refresh-1' });
  },
);

it('a refresh that gets a 404 does not mean that a deletion was executed', async () => {
  const unauthorized = json(401, { detail: 'Could not validate credentials' });
  const { client } = scripted(['cut', unauthorized, json(404, {})], {}, { tokens: GOOD });
  const cause = { kind: 'api', status: 404, operation: 'refreshToken' };
  expect(await thrownBy(client.posts.delete(1))).toMatchObject({ kind: 'connection', operation: 'deletePost', cause });
});

it('the end of a session during a write leaves each caller their own key to finish it', async () => {
  const unauthorized = json(401, { detail: 'Could not validate credentials' });
  const over = json(400, { detail: 'The refresh token is not valid' });
  const keys: (string | null)[] = [];
  const answer = ({ url, headers }: Request) => {
    if (url.endsWith('/auth/refresh')) return over.clone();
    keys.push(headers.get('Idempotency-Key'));
    return unauthorized.clone();
  };
  const { client } = scripted(['cut', 'cut', answer], {}, { tokens: GOOD });
  const place = () => thrownBy(client.orders.place({ item_id: 1, quantity: 1 }));
  const errors = await Promise.all([place(), place()]);
  for (const error of errors) expect(error).toMatchObject({ kind: 'signed-out', operation: 'placeOrder' });
  const left = errors.map((error) => (error as { idempotencyKey?: string }).idempotencyKey);
  expect([new Set(left).size, new Set(left)]).toEqual([2, new Set(keys)]);
});

describe('a deletion that ends the session of its caller, and whose response was lost', () => {
  const sid = '5f0c6a3b-1111-4222-8333-444455556666';
  const claims = Buffer.from(JSON.stringify({ sub: '7', sid })).toString('base64url');
  const ofAnn: Tokens = { ...GOOD, access_token: `head.${claims}.tail` };
  const unauthorized = json(401, { detail: 'Could not validate credentials' });
  const over = json(400, { detail: 'The refresh token is not valid' });
  const deleting = (steps: Parameters<typeof scripted>[0]) => {
    const told: (Tokens | undefined)[] = [];
    return { ...scripted(steps, {}, { tokens: ofAnn, onTokens: (changed?: Tokens) => told.push(changed) }), told };
  };

  it.each<[string, (client: Scripted['client']) => Promise<unknown>]>([
    ['the own account', ({ users }) => users.delete(7)],
    ['the own session', ({ sessions }) => sessions.end(sid)],
    ['the own session, in capitals', ({ sessions }) => sessions.end(sid.toUpperCase())],
    ['all own sessions', ({ send }) => send('endUserSessions', { path: { user_id: 7 } })],
  ])('has succeeded if its retry gets a 401: %s', async (_, call) => {
    const { client, told, requests } = deleting(['cut', unauthorized, over]);
    await call(client);
    expect([client.auth.isSignedIn, told, requests.length]).toEqual([false, [undefined], 3]);
  });

  it.each<[string, (client: Scripted['client']) => Promise<unknown>]>([
    ['another account', ({ users }) => users.delete(8)],
    ['another session', ({ sessions }) => sessions.end(sid.replace('5', '6'))],
    ['another resource', ({ posts }) => posts.delete(7)],
  ])('has not certainly succeeded if it was %s', async (_, call) => {
    expect(await thrownBy(call(deleting(['cut', unauthorized, over]).client))).toMatchObject({ kind: 'signed-out' });
  });

  it('has not succeeded if no earlier attempt can have reached the server', async () => {
    for (const steps of [
      [unauthorized, over],
      [json(429, {}), unauthorized, over],
    ])
      expect(await thrownBy(deleting(steps).client.users.delete(7))).toMatchObject({ kind: 'signed-out' });
  });
});

it('no token comes from the page of a proxy', async () => {
  const { client, told } = watched([page()], { budget: 1 });
  expect(await thrownBy(client.profile.get())).toMatchObject({ kind: 'connection', operation: 'refreshToken' });
  expect([client.auth.isSignedIn, told]).toEqual([true, []]);
  const other = watched([page(), NEW, PROFILE]);
  expect(await other.client.profile.get()).toEqual({ id: 1 });
  expect(other.told).toEqual([expect.objectContaining({ access_token: 'new' })]);
});

it('a refresh without a response is retried well before the server stops accepting the used token', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  const { client, requests, pauses } = watched(['silence', 'silence', NEW, PROFILE], POLICY);
  const profile = client.profile.get();
  await jest.advanceTimersByTimeAsync(GRACE_MS);
  expect(requests).toHaveLength(4);
  expect(await profile).toEqual({ id: 1 });
  for (const request of requests.slice(0, 3)) expect(await request.json()).toEqual({ refresh_token: 'refresh-1' });
  const [first, second] = pauses();
  expect(first).toBeLessThan(GRACE_MS / 2);
  expect(first! + second!).toBeLessThan(GRACE_MS);
});

it('a call continues with the session that it started with, even if another user signs in', async () => {
  const api = server(OVER);
  const began = api.client.profile.get(); // waits for a refresh
  await api.client.auth.signIn({ username: 'ben@example.com', password: 'Password1' });
  await began;
  const sent = api.requests.filter(({ url }) => url.endsWith('/profile'));
  expect(sent.map(({ headers }) => headers.get('Authorization'))).toEqual(['Bearer new-1']);
  expect(api.told).toEqual([expect.objectContaining({ access_token: 'of-sign-in' })]);
});

it('a list belongs to the user who was signed in when it was requested', async () => {
  const { client, requests } = scripted([versions], {}, { tokens: GOOD });
  const posts = client.posts.list();
  await client.auth.signIn({ username: 'ben@example.com', password: 'Password1' });
  await posts.next();
  expect(requests.at(-1)!.headers.get('Authorization')).toBe('Bearer old');
});

it('signing out takes effect at once, even if the server rejects the request', async () => {
  const api = server(GOOD, { refuses: true });
  const signingOut = api.client.auth.signOut();
  expect(api.client.auth.isSignedIn).toBe(false);
  await signingOut; // a 401: the session was already over
  expect(asked(api, '/auth/logout')).toBe(1);
  await api.client.auth.signOut();
  expect(asked(api, '/auth/logout')).toBe(1);
});

it('a script uses a single access token, which is never refreshed', async () => {
  const { client, requests } = scripted([json(401, { detail: 'No' })], {}, { accessToken: 'aerie-1' });
  expect(await thrownBy(client.profile.get())).toMatchObject({ kind: 'api', status: 401 });
  expect(requests.map(({ headers }) => headers.get('Authorization'))).toEqual(['Bearer aerie-1']);
});

/** Signs in any user, and sends an ETag only for the first item. */
const versions = async (request: Request) => {
  if (request.url.endsWith('/auth/token')) {
    return json(200, { access_token: 'ben', refresh_token: 'x', expires_in: 900, token_type: 'bearer' });
  }
  if (request.url.includes('/posts')) return json(200, []);
  return json(200, { stock: 1 }, request.url.endsWith('/1') ? { ETag: '"1"' } : {});
};

it('an update finishes with the session that it started with, and is not sent without an ETag', async () => {
  const { client, requests } = scripted([versions], {}, { tokens: GOOD });
  await client.items.update(1, async ({ stock }) => {
    await client.auth.signIn({ username: 'ben@example.com', password: 'Password1' });
    return { stock };
  });
  const { method, headers } = requests.at(-1)!;
  expect([method, headers.get('Authorization'), headers.get('If-Match')]).toEqual(['PATCH', 'Bearer old', '"1"']);
  const hidden = client.items.update(2, ({ stock }) => ({ stock }));
  expect(await thrownBy(hidden)).toMatchObject({ kind: 'integrity' });
});

it('a sign-out ends the session on the server also if "onTokens" throws', async () => {
  const error = new Error('The storage is full');
  const onTokens = () => {
    throw error;
  };
  const tokens = { access_token: 'a', refresh_token: 'r', expires_at: Date.now() + 900_000 };
  const { client, requests } = scripted([json(204, undefined)], {}, { tokens, onTokens });
  expect(await thrownBy(client.auth.signOut())).toBe(error);
  expect(requests).toHaveLength(1);
});
