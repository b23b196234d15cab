import { randomUUID } from 'node:crypto';
import { nestWith } from './client.js';

const nest = nestWith('idempotency/taken');
const KEY = 'Idempotency-Key';
const KEYED = ['post', 'put', 'patch', 'delete'] as const;
const OTHERS = ['get', 'options'] as const;

type Sent = { headers?: Record<string, string>; type?: string; body?: string };

const send = (path: string, key: string, { headers = {}, type = 'json', body }: Sent = {}) => {
  const request = nest.post(`/keyed/${path}`).set(KEY, key).set(headers);
  return body === undefined ? request : request.type(type).send(body);
};

const cookie = (...cookies: string[]) => ({ headers: { Cookie: cookies.join('; ') } });
const tenant = (name: string) => ({ headers: { Host: `${name}.localhost` } });

describe('a request with the idempotency key of another request', () => {
  const euro = { headers: { 'X-Currency': 'EUR' } };
  const json = { body: '{"name":"Tom"}' };

  it.each<[string, string, Sent, Sent]>([
    ['a header of @Headers()', 'headers', euro, { headers: { 'X-Currency': 'USD' } }],
    ['a header of @Headers() that is absent', 'headers', {}, euro],
    ['a cookie of @Cookies()', 'cookies', cookie('currency=EUR'), cookie('currency=USD')],
    ['a cookie of @Cookies() that is absent', 'cookies', {}, cookie('currency=EUR')],
    ['a cookie with a space after its name', 'cookies', cookie('currency =EUR'), cookie('currency =USD')],
    ['a cookie of @SignedCookies()', 'cookies', cookie('cart=s%3A1.x'), cookie('cart=s%3A2.x')],
    ['the host of @HostParam()', 'hosts', tenant('one'), tenant('two')],
    ['the body of @RawBody()', 'bytes', json, { body: '{"name":"Tim"}' }],
    ['the bytes of @RawBody() beside @Body()', 'named', json, { body: '{"name": "Tom"}' }],
    ['the body of @Req()', 'request', json, { body: '{"name":"Tim"}' }],
    ['the form of @Req()', 'request', { type: 'form', body: 'a=1' }, { type: 'form', body: 'a=2' }],
  ])('is refused if it differs in %s', async (_, path, first, second) => {
    const key = randomUUID();
    const { status, body } = await send(path, key, first);
    expect(status).toBe(200);
    expect((await send(path, key, first)).body).toEqual(body);
    expect(await send(path, key, second)).toMatchObject({
      status: 422,
      body: { detail: [{ type: 'idempotency_key_reused' }] },
    });
  });

  it.each<[string, string, Sent, Sent]>([
    ['a header that the handler does not take', 'headers', euro, { headers: { ...euro.headers, 'X-Other': 'other' } }],
    ['a cookie that the handler does not take', 'cookies', cookie('currency=EUR'), cookie('a=1', 'currency=EUR')],
    ['what a custom decorator or all headers contain', 'unnamed', {}, { headers: { 'X-Device': 'phone' } }],
    ['what all cookies contain', 'unnamed', {}, cookie('device=phone')],
  ])('is the same request if it differs in %s', async (_, path, first, second) => {
    const key = randomUUID();
    const { status, body } = await send(path, key, first);
    expect(status).toBe(200);
    const again = await send(path, key, second);
    expect([again.status, again.body]).toEqual([200, body]);
  });
});

describe('a repeated response', () => {
  const OF_ONE_RESPONSE = new Set([
    'date',
    'x-request-id',
    'x-process-time',
    'server-timing',
    'ratelimit',
    'set-cookie',
  ]);

  it.each(['identity', 'gzip'])('has the headers that the handler has set, with %s', async (encoding) => {
    const key = randomUUID();
    const compressed = { headers: { 'Accept-Encoding': encoding } };
    const headersOf = async () => {
      const { headers } = await send('set', key, compressed);
      return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_ONE_RESPONSE.has(name)));
    };
    const first = await headersOf();
    expect(first).toMatchObject({
      'x-rest': expect.stringMatching(/^rest /),
      link: '</a>; rel="a", </b>; rel="b"',
      vary: expect.stringMatching(/^X-Kind, /),
      'cache-control': 'private',
      etag: expect.stringMatching(encoding === 'gzip' ? /^W\/"/ : /^"/),
    });
    expect(await headersOf()).toEqual({ ...first, 'idempotency-replayed': 'true' });
  });

  it('has no cookies', async () => {
    const key = randomUUID();
    expect((await send('set', key)).headers['set-cookie']).toEqual([expect.stringMatching(/^session=/)]);
    expect((await send('set', key)).headers).not.toHaveProperty('set-cookie');
  });
});

describe('@All() with idempotency keys', () => {
  const ask = async (method: (typeof KEYED)[number] | (typeof OTHERS)[number], key: string) =>
    (await nest[method]('/keyed/all').set(KEY, key)).body as unknown;

  it.each(KEYED)('repeats the response to a %s', async (method) => {
    const key = randomUUID();
    expect(await ask(method, key)).toEqual(await ask(method, key));
  });

  it.each(OTHERS)('ignores the key of a %s', async (method) => {
    const key = randomUUID();
    expect(await ask(method, key)).not.toEqual(await ask(method, key));
  });

  it('documents the key for these methods only', () => {
    const item = (nest.document.paths as Record<string, Record<string, { parameters: { name: string }[] }>>)[
      '/keyed/all'
    ]!;
    const keyed = Object.entries(item).filter(([, { parameters }]) => parameters.some(({ name }) => name === KEY));
    expect(keyed.map(([method]) => method).toSorted()).toEqual(KEYED.toSorted());
  });
});

describe('an idempotency key of a path with several handlers', () => {
  const selected = nestWith('idempotency/selected');

  it.each<[string, string, string, string, string]>([
    ['versions', '/selected', 'X-Version', '1', '2'],
    ['hosts', '/selected-host', 'Host', 'one.localhost', 'two.localhost'],
  ])('belongs to the handler that its request selects: %s', async (_name, path, header, first, second) => {
    const key = randomUUID();
    const sent = async (value: string) => {
      const { status, body } = await selected.post(path).set(KEY, key).set(header, value);
      return { status, by: (body as { by?: string }).by };
    };
    const one = await sent(first);
    expect(one).toEqual({ status: 200, by: expect.stringContaining(first) as string });
    expect(await sent(second)).toEqual({ status: 422, by: undefined }); // the key is that of another request
    expect(await sent(first)).toEqual(one);
  });
});
