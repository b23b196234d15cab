import { expectError, nestWith } from './client.js';

const nest = nestWith<string[]>('interceptors/bound', 'interceptors/serializer');
const get = (path: string) => nest.get(path);
const bodyOf = async (path: string) => (await get(path)).body as Record<string, unknown>;

beforeEach(() => nest.probe.splice(0));

describe('interceptors', () => {
  it('are bound globally, to a controller and to a method, and wrap each other in this order', async () => {
    expect((await get('/noted')).text).toBe('noted');
    const inward = ['> provided', '> used', '> controller', '> method 1', '> method 2'];
    const outward = inward.toReversed().map((event) => event.replace('>', '<'));
    expect(nest.probe).toEqual([...inward, 'handler', ...outward]);
  });

  it('map what handlers give, at once or later', async () => {
    expect(await bodyOf('/intercepted/data')).toEqual({ data: [] });
    expect(await bodyOf('/intercepted/data-later')).toEqual({ data: 'later' });
  });

  it('make something of null', async () => {
    expect((await get('/intercepted/null')).text).toBe('');
  });

  it('map errors, thrown or rejected', async () => {
    expectError(await get('/intercepted/errors/thrown'), 502, 'Bad Gateway');
    expectError(await get('/intercepted/errors/rejected'), 502, 'Bad Gateway');
    expect((await get('/intercepted/errors/none')).text).toBe('none');
  });

  it('answer instead of the handler', async () => {
    expect((await get('/intercepted/cached?cached')).text).toBe('from the cache');
    expect(nest.probe).toEqual([]);
    expect((await get('/intercepted/cached')).text).toBe('from the handler');
  });

  it('limit the time of a handler', async () => {
    expect((await get('/intercepted/slow?ms=1')).text).toBe('in time');
    expectError(await get('/intercepted/slow?ms=500'), 408, 'Request Timeout');
  });

  it('may be asynchronous, and set headers and the status', async () => {
    const { status, headers, body } = await get('/intercepted/headers');
    expect([status, body]).toEqual([299, { ok: true }]);
    expect(headers).toMatchObject({ 'x-handler': 'InterceptedController.headers', 'x-static': 'yes' });
    expect(nest.probe).toEqual(['finalized']);
  });

  it('change nothing of what a handler sends itself', async () => {
    expect((await get('/intercepted/by-hand')).text).toBe('by hand');
  });
});

describe('ClassSerializerInterceptor', () => {
  const shown = {
    id: 1,
    firstName: 'Ada',
    lastName: 'Lovelace',
    born: '1970-01-01T00:00:00.000Z',
    role: 'admin',
    roles: [{ id: 1, name: 'a' }],
    fullName: 'Ada Lovelace',
  };

  it('leaves out what is excluded, and shows what is exposed', async () => {
    expect(await bodyOf('/people/one')).toEqual(shown);
  });

  it('does so in lists, and for what comes later', async () => {
    expect(await bodyOf('/people/list')).toEqual([shown]);
    expect(await bodyOf('/people/later')).toEqual(shown);
  });

  it("shows a group's fields to it", async () => {
    expect(await bodyOf('/people/admin')).toEqual({ ...shown, salary: 7 });
  });

  it('leaves out by prefixes', async () => {
    expect(Object.keys(await bodyOf('/people/without')).sort()).toEqual(['born', 'fullName', 'id']);
  });

  it('makes an instance of a plain object where a type is given', async () => {
    expect(await bodyOf('/people/typed')).toMatchObject({ firstName: 'Grace', fullName: 'Grace Lovelace' });
    expect(await bodyOf('/people/typed')).not.toHaveProperty('password');
  });

  it('knows instances only: what a plain object has stays', async () => {
    expect(await bodyOf('/people/plain')).toEqual({ password: 'is not one of a class' });
    expect(await bodyOf('/people/spread')).toEqual({ person: shown });
  });
});
