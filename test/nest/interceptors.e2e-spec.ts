import { expectError, nestWith } from './client.js';

const nest = nestWith<string[]>('interceptors/bound', 'interceptors/serializer');
const get = (path: string) => nest.get(path);
const bodyOf = async (path: string) => (await get(path)).body as Record<string, unknown>;

beforeEach(() => nest.probe.splice(0));

describe('interceptors', () => {
  it('can be bound globally, to a controller and to a method, and wrap each other in this order', async () => {
    expect((await get('/noted')).text).toBe('noted');
    const inward = ['> provided', '> used', '> controller', '> method 1', '> method 2'];
    const outward = inward.toReversed().map((event) => event.replace('>', '<'));
    expect(nest.probe).toEqual([...inward, 'handler', ...outward]);
  });

  it('map synchronous and asynchronous results of handlers', async () => {
    expect(await bodyOf('/intercepted/data')).toEqual({ data: [] });
    expect(await bodyOf('/intercepted/data-later')).toEqual({ data: 'later' });
  });

  it('can map null to an empty string', async () => {
    expect((await get('/intercepted/null')).text).toBe('');
  });

  it('map thrown errors and rejections', async () => {
    expectError(await get('/intercepted/errors/thrown'), 502, 'Bad Gateway');
    expectError(await get('/intercepted/errors/rejected'), 502, 'Bad Gateway');
    expect((await get('/intercepted/errors/none')).text).toBe('none');
  });

  it('can respond instead of the handler', async () => {
    expect((await get('/intercepted/cached?cached')).text).toBe('from the cache');
    expect(nest.probe).toEqual([]);
    expect((await get('/intercepted/cached')).text).toBe('from the handler');
  });

  it('can limit the time of a handler', async () => {
    expect((await get('/intercepted/slow?ms=1')).text).toBe('in time');
    expectError(await get('/intercepted/slow?ms=500'), 408, 'Request Timeout');
  });

  it('can be asynchronous and set headers and the status', async () => {
    const { status, headers, body } = await get('/intercepted/headers');
    expect([status, body]).toEqual([299, { ok: true }]);
    expect(headers).toMatchObject({ 'x-handler': 'InterceptedController.headers', 'x-static': 'yes' });
    expect(nest.probe).toEqual(['finalized']);
  });

  it('do not change a response that the handler sends itself', async () => {
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

  it('omits excluded properties and includes exposed properties', async () => {
    expect(await bodyOf('/people/one')).toEqual(shown);
  });

  it('serializes arrays and asynchronous results', async () => {
    expect(await bodyOf('/people/list')).toEqual([shown]);
    expect(await bodyOf('/people/later')).toEqual(shown);
  });

  it('includes the properties of a selected group', async () => {
    expect(await bodyOf('/people/admin')).toEqual({ ...shown, salary: 7 });
  });

  it('omits properties by prefix', async () => {
    expect(Object.keys(await bodyOf('/people/without')).sort()).toEqual(['born', 'fullName', 'id']);
  });

  it('converts a plain object to an instance if a type is given', async () => {
    expect(await bodyOf('/people/typed')).toMatchObject({ firstName: 'Grace', fullName: 'Grace Lovelace' });
    expect(await bodyOf('/people/typed')).not.toHaveProperty('password');
  });

  it('serializes instances inside plain objects, but does not change plain objects', async () => {
    expect(await bodyOf('/people/plain')).toEqual({ password: 'is not one of a class' });
    expect(await bodyOf('/people/spread')).toEqual({ person: shown });
  });
});

describe('ClassSerializerInterceptor on documented routes', () => {
  const nest = nestWith('interceptors/serialized');
  const ada = { id: 1, name: 'ADA', city: { name: 'London' } };

  it.each([
    ['one', ada],
    ['list', [ada, ada]],
    ['typed', { id: 2, name: 'GRACE', city: { name: 'Paris' } }],
    ['strict', { name: 'Ada' }],
  ])('sends only exposed properties with the strategy excludeAll: %s', async (path, shown) => {
    const { status, body } = await nest.get(`/serialized/${path}`);
    expect([status, body]).toEqual([200, shown]);
  });

  it('serializes an instance of another class than the response model', async () => {
    expect((await nest.get('/serialized/account')).body).toMatchObject({ name: 'Ada Lovelace' });
  });
});

const person = (id: number) => ({ id, born: '1970-01-01T00:00:00.000Z', loud: `PERSON ${id}` });

describe('a global ClassSerializerInterceptor', () => {
  const nest = nestWith('interceptors/everywhere');

  it('keeps pages, with their headers', async () => {
    const { status, headers, body } = await nest.get('/everywhere/page?limit=2');
    expect([status, body]).toEqual([200, [person(1), person(2)]]);
    expect(headers).toMatchObject({
      link: '</everywhere/page?limit=2>; rel="first", </everywhere/page?limit=2&after=abc>; rel="next"',
      'x-total-count': '7',
    });
  });

  it('keeps responses with headers, such as those of created()', async () => {
    const created = await nest.post('/everywhere/created');
    expect([created.status, created.headers['location'], created.body]).toEqual([201, '/everywhere/3', person(3)]);
    const changed = await nest.patch('/everywhere/changed');
    expect([changed.status, changed.headers['x-changes'], changed.body]).toEqual([200, '2', person(4)]);
  });

  it('does not take an object with a body and headers for such a response', async () => {
    const { body } = await nest.get('/everywhere/letter');
    expect(body).toEqual({ body: 'Dear Ada', headers: { From: 'Grace' } });
  });
});
