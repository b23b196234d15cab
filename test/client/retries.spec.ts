import { OPERATIONS } from '../../client/dist/generated/operations.js';
import { unlessAborted } from '../../client/dist/retries.js';
import { thrownBy } from './thrown-by.js';
import { json, keyOf, page, scripted, type Step } from './scripted-fetch.js';

const ORDER = { item_id: 1, quantity: 1 };
const PLACED = json(201, { id: 7 });
const refusal = (status: number, headers: Record<string, string> = {}) => json(status, { detail: 'Not now' }, headers);

describe('the idempotency key', () => {
  it('is the same for all retries of a call, and different for each call', async () => {
    const { client, requests } = scripted(['cut', refusal(503), refusal(502), PLACED]);
    await client.orders.place(ORDER);
    await client.orders.place(ORDER);
    const keys = requests.map(keyOf);
    expect(keys[0]).toMatch(/^[\da-f]{32}$/);
    expect(keys.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => keys[0]));
    expect(keys).toHaveLength(5);
    expect(keys[4]).not.toBe(keys[0]);
  });

  it('is sent with every operation that accepts a key, and with no other', async () => {
    const operations = Object.entries(OPERATIONS) as [
      string,
      { media?: string; takesKey?: boolean; gives?: string[] },
    ][];
    const steps = operations.map(([, { gives }]) =>
      gives ? new Response('1', { headers: { 'Content-Type': gives[0]! } }) : json(204, undefined),
    );
    const { client, requests } = scripted(steps);
    const send = client.send as unknown as (operation: string, input: object) => Promise<unknown>;
    for (const [operation, { media }] of operations) await send(operation, { path: 1, ...(media && { body: {} }) });
    const taken = operations.map(([, { takesKey = false }]) => takesKey);
    expect(requests.map((request) => keyOf(request) !== null)).toEqual(taken);
    expect(taken.filter(Boolean).length).toBeGreaterThan(20);
  });

  it('can be set by the caller, and is part of the error if the call fails', async () => {
    const { client, requests } = scripted(['cut'], { budget: 2 });
    const error = await thrownBy(client.orders.place(ORDER, { idempotencyKey: 'mine' }));
    expect(requests.map(keyOf)).toEqual(['mine', 'mine', 'mine']);
    expect(error).toMatchObject({ kind: 'connection', operation: 'placeOrder', idempotencyKey: 'mine' });
  });
});

describe('a failed request', () => {
  const cases: [string, Step, number][] = [
    ['a cut connection', 'cut', 2],
    [
      'a body that ends too soon',
      () => new Response(cutBody(), { headers: { 'Content-Type': 'application/json' } }),
      2,
    ],
    ['a body that is missing', new Response('', { headers: { 'Content-Type': 'application/json' } }), 2],
    ['a page of a proxy with status 200', page(), 2],
    ['429', refusal(429), 2],
    ['502', refusal(502), 2],
    ['503', refusal(503), 2],
    ['504', refusal(504), 2],
    ['409 while the first attempt is running', refusal(409, { 'Retry-After': '0' }), 2],
    ['any other 409', refusal(409), 1],
    ['500', refusal(500), 1],
    ['400', refusal(400), 1],
    ['404', refusal(404), 1],
  ];
  it.each(cases)('is retried only if that is safe: %s (case %#)', async (_, step, requested) => {
    const { client, requests } = scripted([step, PLACED]);
    await thrownBy(client.orders.place(ORDER));
    expect(requests).toHaveLength(requested);
  });

  it('that writes without a key is retried only if it was certainly not executed', async () => {
    const body = { name: 'nightly', scope: 'read', expires_in_days: 1 } as const;
    for (const [step, requested] of [
      ['cut', 1],
      [refusal(503), 1],
      [page(), 1],
      [refusal(429), 2],
    ] as const) {
      const { client, requests } = scripted([step, json(201, {})]);
      await thrownBy(client.accessTokens.create(body));
      expect(requests).toHaveLength(requested);
    }
  });

  it('that deletes is retried, and a 404 after a lost response counts as success', async () => {
    const { client } = scripted(['cut', refusal(404)]);
    expect(await client.posts.delete(1)).toBeUndefined();
    for (const steps of [[refusal(404)], [refusal(429), refusal(404)]]) {
      const { client: other } = scripted(steps);
      expect(await thrownBy(other.posts.delete(1))).toMatchObject({ status: 404 }); // the post never existed
    }
  });

  it('that removes the second factor is retried, and a 409 after a lost response counts as success', async () => {
    const proof = { body: { password: 'Password1', code: '123456' } };
    const { client } = scripted(['cut', refusal(409)]);
    expect((await client.send('removeTotp', proof)).data).toBeUndefined();
    for (const steps of [[refusal(409)], [refusal(429), refusal(409)]])
      expect(await thrownBy(scripted(steps).client.send('removeTotp', proof))).toMatchObject({ status: 409 });
    const { client: other } = scripted(['cut', refusal(409)]);
    expect(await thrownBy(other.items.delete(1))).toMatchObject({ status: 409 }); // the item has orders
  });
});

describe('pauses between retries', () => {
  it('are random, have a maximum that doubles with each retry, and stay below a limit', async () => {
    const random = import.meta.jest.spyOn(Math, 'random').mockReturnValue(0.999);
    const { client, pauses } = scripted([...Array<'cut'>(8).fill('cut'), PLACED], {
      baseMs: 20,
      maxPauseMs: 60,
      deadlineMs: 60_000,
    });
    await client.orders.place(ORDER);
    random.mockRestore();
    const atLeast = [19, 39, 59, 59, 59, 59, 59, 59];
    expect(pauses()).toHaveLength(atLeast.length);
    pauses().forEach((pause, i) => expect(pause).toBeGreaterThanOrEqual(atLeast[i]! - 1));
    expect(pauses()[7]!).toBeLessThan(2000); // 2.56 s without the limit
  });

  it('respect Retry-After, in seconds and as a date', async () => {
    const { client, pauses } = scripted([refusal(503, { 'Retry-After': '1' }), PLACED]);
    await client.orders.place(ORDER);
    expect(pauses()[0]!).toBeGreaterThanOrEqual(999);
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const error = await thrownBy(scripted([refusal(429, { 'Retry-After': date })]).client.orders.place(ORDER));
    expect((error as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(3_590_000);
  });
});

describe('limits of a call', () => {
  it('a request without a response is retried until the deadline of the call', async () => {
    const { client, requests } = scripted(['silence'], { attemptMs: 50, deadlineMs: 1500 });
    const began = performance.now();
    expect(await thrownBy(client.orders.place(ORDER))).toMatchObject({ kind: 'connection' });
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(requests.length).toBeGreaterThanOrEqual(3);
  });

  it('the deadline applies even if fetch ignores signals', async () => {
    const { client } = scripted([() => new Promise(() => undefined)], { attemptMs: 50, deadlineMs: 120 });
    expect(await thrownBy(client.items.get(1))).toMatchObject({ kind: 'connection' });
  });

  it('a deadline in the options of the call replaces the default deadline', async () => {
    const { client } = scripted(['silence']);
    const began = performance.now();
    expect(await thrownBy(client.items.get(1, { deadlineMs: 50 }))).toMatchObject({ kind: 'connection' });
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('the time of an attempt can be set for one call, shorter or longer', async () => {
    const { client, requests } = scripted(['silence'], { budget: 1 });
    await thrownBy(client.items.get(1, { attemptMs: 20, deadlineMs: 5000 }));
    expect(requests).toHaveLength(2);
    const other = scripted([slow], { attemptMs: 20 });
    await other.client.orders.place(ORDER, { attemptMs: 10_000 });
    expect(other.requests).toHaveLength(1);
  });

  it('can be longer than a timer, or infinite', async () => {
    for (const ms of [Infinity, 2 ** 31]) {
      const { client, requests } = scripted([slow], { attemptMs: ms, deadlineMs: ms });
      await client.orders.place(ORDER);
      expect(requests).toHaveLength(1);
    }
    const { client, requests } = scripted([refusal(429, { 'Retry-After': String(2 ** 31) })], { deadlineMs: Infinity });
    await thrownBy(client.orders.place(ORDER, { signal: AbortSignal.timeout(100) }));
    expect(requests).toHaveLength(1);
  });

  it('a Retry-After beyond the deadline makes the call fail at once', async () => {
    const { client, requests } = scripted([refusal(429, { 'Retry-After': '60' })]);
    const error = await thrownBy(client.orders.place(ORDER));
    expect(error).toMatchObject({ kind: 'api', status: 429, retryAfterMs: 60_000 });
    expect(requests).toHaveLength(1);
  });

  it('all calls share a budget of retries, which successful calls refill', async () => {
    const { client, requests } = scripted(['cut', 'cut', 'cut', PLACED, 'cut'], { budget: 2 });
    await thrownBy(client.orders.place(ORDER)); // three attempts
    await client.orders.place(ORDER);
    await thrownBy(client.orders.place(ORDER)); // two attempts: one was given back
    expect(requests).toHaveLength(3 + 1 + 2);
  });

  it('an AbortSignal ends the call at once, with the reason of the signal', async () => {
    const reason = new Error('The page was left');
    for (const step of ['silence', refusal(503, { 'Retry-After': '9' })] as const) {
      const { client } = scripted([step]);
      const controller = new AbortController();
      const call = client.orders.place(ORDER, { signal: controller.signal });
      setTimeout(() => controller.abort(reason), 30);
      expect(await thrownBy(call)).toBe(reason);
    }
    const { client, requests } = scripted([PLACED]);
    expect(await thrownBy(client.orders.place(ORDER, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(requests).toEqual([]);
  });
});

it('a path prefix is kept, and values in paths and queries are escaped', async () => {
  const { client, requests } = scripted([json(200, [])]);
  await client.send('getJob', { path: { job_id: 'a/b?' } });
  for await (const _ of client.posts.list({ search: 'a&b' })) expect(_).toBeUndefined();
  expect(requests.map(({ url }) => url)).toEqual([
    'http://api.example/prefix/jobs/a%2Fb%3F',
    'http://api.example/prefix/api/v1/posts?limit=100&search=a%26b',
  ]);
});

it('a rejection that comes after the end of a call is handled', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', note);
  const reason = new Error('The page was left');
  const late = Promise.reject(new Error('cut'));
  expect(await thrownBy(unlessAborted(late, AbortSignal.abort(reason)))).toBe(reason);
  await new Promise((resolve) => setTimeout(resolve, 10));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

/** Responds later than a short attempt ends. */
async function slow(): Promise<Response> {
  await new Promise((resolve) => setTimeout(resolve, 60));
  return PLACED.clone();
}

function cutBody(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"id":'));
      controller.error(new TypeError('terminated'));
    },
  });
}
