import type { Tokens } from '../../client/dist/index.js';
import { json, keyOf, page, scripted, type Step } from './scripted-fetch.js';
import { thrownBy } from './thrown-by.js';

// Requests that were certainly not executed, because they were never sent, or because a proxy answered them.

const GOOD: Tokens = { access_token: 'old', refresh_token: 'r', expires_at: Number.MAX_SAFE_INTEGER };
const NEW = json(200, { access_token: 'new', refresh_token: 's', expires_in: 900, token_type: 'bearer' });
const unauthorized = json(401, { detail: 'Could not validate credentials' });
const html = (status: number) => () => new Response('<h1>default backend</h1>', { status, headers: page().headers });

const SHORT = { attemptMs: 100 };

/** Responds to a refresh later than the attempt of a call ends. */
async function slow(): Promise<Response> {
  await new Promise((resolve) => setTimeout(resolve, 250)); // in the middle of the third attempt
  return NEW.clone();
}

describe.each([
  ['expired', { ...GOOD, expires_at: 0 }, []],
  ['was refused', GOOD, [unauthorized]],
] as [string, Tokens, Step[]][])(
  'a call whose access token %s, and whose refresh takes long,',
  (_, tokens, refused) => {
    const waiting = (last: Step) => scripted([...refused, slow, last], {}, { tokens });

    it('deletes nothing that does not exist', async () => {
      const { client } = waiting(json(404, { detail: 'Post not found' }));
      expect(await thrownBy(client.posts.delete(1, SHORT))).toMatchObject({ kind: 'api', status: 404 });
    });

    it('is retried even without an idempotency key', async () => {
      const { client, requests } = waiting(json(201, { id: 1 }));
      const body = { name: 'nightly', scope: 'read', expires_in_days: 1 } as const;
      await client.accessTokens.create(body, SHORT);
      expect(requests).toHaveLength(refused.length + 2);
    });
  },
);

describe('the page of a proxy', () => {
  it('with a 404 does not mean that a deletion was executed', async () => {
    const { client } = scripted(['cut', html(404)]);
    expect(await thrownBy(client.posts.delete(1))).toMatchObject({ kind: 'api', status: 404, isFromApi: false });
  });

  it.each([400, 401])('with a %i does not end the session', async (status) => {
    const told: unknown[] = [];
    const onTokens = (changed?: Tokens) => told.push(changed);
    const { client } = scripted([html(status)], {}, { tokens: { ...GOOD, expires_at: 0 }, onTokens });
    expect(await thrownBy(client.profile.get())).toMatchObject({ kind: 'api', status, operation: 'refreshToken' });
    expect([client.auth.isSignedIn, told]).toEqual([true, []]);
  });

  it('with a 401 does not mean that the session has ended on the server', async () => {
    const { client } = scripted([html(401)], {}, { tokens: GOOD });
    expect(await thrownBy(client.auth.signOut())).toMatchObject({ kind: 'api', status: 401 });
  });
});

it('a request that did not reach the server in time is sent again', async () => {
  const { client, requests } = scripted([json(408, { detail: 'Request Timeout' }), json(201, { id: 7 })]);
  expect(await client.orders.place({ item_id: 1, quantity: 1 })).toEqual({ id: 7 });
  expect(requests).toHaveLength(2);
});

describe('a call that is refused for now or not sent again, after an attempt without a response,', () => {
  const [later, running] = [
    json(429, { detail: 'Too many requests' }, { 'Retry-After': '60' }),
    json(409, { detail: 'A request with this key is still running' }, { 'Retry-After': '60' }),
  ];

  it.each([
    [429, later],
    [409, running],
  ])('may have been executed, so its error names its key: %i', async (status, last) => {
    const { client, requests } = scripted(['cut', last]);
    const error = await thrownBy(client.orders.place({ item_id: 1, quantity: 1 }));
    expect(error).toMatchObject({ kind: 'connection', idempotencyKey: keyOf(requests[0]!), cause: { status } });
  });

  it.each([
    ['cannot be sent', 'cut', 'connection'],
    ['fails', json(500, { detail: 'Internal server error' }), 'api'],
  ] as [string, Step, string][])('may also have been executed if its token refresh %s', async (_, last, kind) => {
    const { client, requests } = scripted(['cut', unauthorized, last], { budget: 3 }, { tokens: GOOD });
    const error = await thrownBy(client.orders.place({ item_id: 1, quantity: 1 }));
    expect(error).toMatchObject({
      kind: 'connection',
      operation: 'placeOrder',
      idempotencyKey: keyOf(requests[0]!),
      cause: { kind, operation: 'refreshToken' },
    });
  });

  it('has changed nothing if it only reads or signs in, or if no attempt was without a response', async () => {
    const signIn = { username: 'ann@example.com', password: 'Password1' };
    expect(await thrownBy(scripted(['cut', later]).client.items.get(1))).toMatchObject({ kind: 'api', status: 429 });
    expect(await thrownBy(scripted(['cut', later]).client.auth.signIn(signIn))).toMatchObject({
      kind: 'api',
      status: 429,
    });
    const { client } = scripted([later]);
    expect(await thrownBy(client.orders.place({ item_id: 1, quantity: 1 }))).toMatchObject({
      kind: 'api',
      status: 429,
    });
  });
});
