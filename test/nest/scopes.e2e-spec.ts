import { nestWith } from './client.js';

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
