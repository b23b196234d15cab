import { expectError, nestWith } from './client.js';

const nest = nestWith('scopes/scopes');
const tenant = async (name: string) => (await nest.get('/tenants').set('x-tenant', name)).body as object;
const bodyOf = async (path: string) => (await nest.get(path)).body as Record<string, unknown>;

describe('a request-scoped provider', () => {
  it('is created once per request and can inject the request', async () => {
    const [a, b] = await Promise.all([bodyOf('/per-request?q=a'), bodyOf('/per-request?q=b')]);
    expect([a, b]).toMatchObject([
      { q: 'a', told: 'GET /per-request?q=a', same: true },
      { q: 'b', told: 'GET /per-request?q=b', same: true },
    ]);
    expect(a['number']).not.toBe(b['number']);
  });

  it('can be resolved for a custom context', async () => {
    expect(await bodyOf('/transient/resolved')).toEqual({ told: 'GET /made/by/hand', same: true, other: false });
  });
});

describe('a transient provider', () => {
  it('is created for each consumer and can read its class with INQUIRER', async () => {
    expect(await bodyOf('/transient')).toEqual(['First', 'Second']);
  });
});

describe('a durable provider', () => {
  it('is created once per tenant', async () => {
    const a = await tenant('a');
    expect(await tenant('a')).toEqual(a);
    expect(await tenant('b')).toEqual({ name: 'b', number: expect.any(Number) });
    expect(await tenant('b')).not.toEqual(a);
  });
});

describe('global request-scoped enhancers', () => {
  const nest = nestWith('scopes/enhancers', 'scopes/scopes');
  const paths = ['/enhanced-per-request', '/enhanced-per-request/plain'];
  const post = (path: string) => nest.post(path).send({ price: 2 });

  it.each(paths)('run once for each request, with the request injected: %s', async (path) => {
    const { status, body } = await post(path);
    expect([status, body]).toEqual([200, { told: `${path}: 200` }]);
  });

  it.each(paths)('validate the body: %s', async (path) => {
    const { status } = await nest.post(path).send({ price: 'x' });
    expect(status).toBe(nestStock || path.endsWith('/plain') ? 400 : 422); // plain routes: by the pipe itself
  });

  // on documented routes, the kernel's pipe validates instead of a pipe of the application
  it.each([...paths.flatMap((path) => [`${path}?teapot=guard`, `${path}?teapot=handler`]), `${paths[1]}?teapot=pipe`])(
    'catch exceptions: %s',
    async (url) => {
      const { status, body } = await post(url);
      expect([status, body]).toEqual([418, { caught: `${url.split('?')[0]}: I am a teapot` }]);
    },
  );

  it('are created once per tenant if they are durable', async () => {
    const guards: unknown[] = [];
    for (const name of ['a', 'a', 'b']) {
      const { headers } = await nest.get('/enhanced-per-request').set('x-tenant', name);
      guards.push(headers['x-guard']);
    }
    expect(guards).toEqual([
      expect.stringMatching(/^\d+$/),
      guards[0],
      expect.not.stringMatching(`^${String(guards[0])}$`),
    ]);
  });
});

describe('a request-scoped APP_PIPE of a factory', () => {
  const nest = nestWith('scopes/factories');
  const post = (query: string, body: object) => nest.post(`/priced-by-factory${query}`).send(body);

  it('transforms the original input only once', async () => {
    expect((await post('', { price: 2 })).body).toEqual({ price: 200 });
    expectError(await post('', { price: 'x' }), 400, 'price must be an integer number');
  });

  it('leaves the input to its class if it does not validate', async () => {
    if (!nestStock) expect((await post('?idle', { price: 'x' })).status).toBe(422); // stock Nest has no other pipe
  });
});
