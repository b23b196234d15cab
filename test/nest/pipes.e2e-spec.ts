import { expectError, nestWith } from './client.js';

const nest = nestWith(
  ...['built-in', 'bound', 'validation', 'global', 'standard-schema'].map((name) => `pipes/${name}`),
);
const get = (path: string) => nest.get(path);
const post = (path: string, body: object) => nest.post(path).send(body);
const bodyOf = async (path: string) => (await get(path)).body as unknown;

describe('ParseIntPipe', () => {
  it('returns a number', async () => {
    expect(await bodyOf('/built-in/int/42')).toEqual({ id: 42 });
    expect(await bodyOf('/built-in/int/-7')).toEqual({ id: -7 });
  });

  it.each(['abc', '1.5', '1e3', '0x10', '%201', '1_000'])('rejects %s', async (text) => {
    expectError(await get(`/built-in/int/${text}`), 400, 'Validation failed (numeric string is expected)');
  });

  it('accepts a custom status or error', async () => {
    expectError(await get('/built-in/int-406/abc'), 406, 'Validation failed (numeric string is expected)');
    expectError(await get('/built-in/int-404/abc'), 404, 'No cat: Validation failed (numeric string is expected)');
  });

  it('accepts a missing value if it is optional, but not an empty string', async () => {
    expect(await bodyOf('/built-in/int-optional')).toEqual({ id: null });
    expect(await bodyOf('/built-in/int-optional?id=3')).toEqual({ id: 3 });
    expectError(await get('/built-in/int-optional?id='), 400, 'Validation failed (numeric string is expected)');
  });
});

describe('DefaultValuePipe', () => {
  it('replaces a missing value before the next pipe runs', async () => {
    expect(await bodyOf('/built-in/int-default')).toEqual({ active: false, page: 7 });
    expect(await bodyOf('/built-in/int-default?active=true&page=2')).toEqual({ active: true, page: 2 });
  });

  it('does not replace an invalid value', async () => {
    expectError(await get('/built-in/int-default?page=x'), 400, /numeric string/);
    expectError(await get('/built-in/int-default?active=2'), 400, /boolean string/);
  });
});

describe('other built-in pipes', () => {
  it('ParseFloatPipe accepts numbers only', async () => {
    expect(await bodyOf('/built-in/float?price=1.25')).toEqual({ price: 1.25 });
    expectError(await get('/built-in/float?price=1,25'), 400, 'Validation failed (numeric string is expected)');
    expectError(await get('/built-in/float'), 400, 'Validation failed (numeric string is expected)');
  });

  it('ParseBoolPipe accepts true and false only', async () => {
    expect(await bodyOf('/built-in/bool?on=true')).toEqual({ on: true });
    expect(await bodyOf('/built-in/bool?on=false')).toEqual({ on: false });
    expectError(await get('/built-in/bool?on=yes'), 400, 'Validation failed (boolean string is expected)');
  });

  it('ParseArrayPipe splits and validates lists, and can be optional', async () => {
    expect(await bodyOf('/built-in/array?ids=1,2,3')).toEqual({ ids: [1, 2, 3] });
    expect(await bodyOf('/built-in/texts?names=a|b')).toEqual({ names: ['a', 'b'] });
    expect(await bodyOf('/built-in/texts')).toEqual({ names: null });
    expectError(await get('/built-in/array'), 400, 'Validation failed (parsable array expected)');
    expectError(await get('/built-in/array?ids=1,x'), 400, /must be a number/);
  });

  it('ParseUUIDPipe accepts UUIDs only, of any version or the given version', async () => {
    const v4 = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
    const v1 = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
    expect(await bodyOf(`/built-in/uuid/${v1}`)).toEqual({ id: v1 });
    expect(await bodyOf(`/built-in/uuid-4/${v4}`)).toEqual({ id: v4 });
    expectError(await get(`/built-in/uuid-4/${v1}`), 400, 'Validation failed (uuid v 4 is expected)');
    expectError(await get('/built-in/uuid/7'), 400, 'Validation failed (uuid is expected)');
  });

  it('ParseEnumPipe accepts the values of an enum only', async () => {
    expect(await bodyOf('/built-in/enum/red')).toEqual({ colour: 'red' });
    expectError(await get('/built-in/enum/Red'), 400, 'Validation failed (enum string is expected)');
  });

  it('ParseDatePipe accepts dates only, and can have a default', async () => {
    expect(await bodyOf('/built-in/date?at=2024-02-29')).toEqual({ year: 2024, isDate: true });
    expect(await bodyOf('/built-in/date-default')).toEqual({ at: '1970-01-01T00:00:00.000Z' });
    expectError(await get('/built-in/date?at=soon'), 400, /invalid date/i);
    expectError(await get('/built-in/date'), 400, /no Date/i);
  });
});

describe('pipes', () => {
  it('can be bound to a controller, a method and a parameter, and run in this order', async () => {
    const marks = 'a>controller>method 1>method 2>parameter 1>parameter 2';
    expect(await bodyOf('/bound/order/a?q=b')).toEqual({ text: marks, q: 'b>controller>method 1>method 2' });
  });

  it('can be bound as classes with injected dependencies, and can be asynchronous', async () => {
    expect(await bodyOf('/injected/cats/1')).toEqual({ id: 1, name: 'Tom' });
    expectError(await get('/injected/cats/9'), 400, 'Cat 9 is unknown');
  });

  it('of a parameter run after the pipes of the controller', async () => {
    expect(await bodyOf('/bound/cats/1')).toEqual({ id: 1, name: 'Tom' });
  });

  it('of a method run for each of its parameters', async () => {
    const { body } = await post('/injected/trimmed?q=%20x', { name: ' Tom ' });
    expect(body).toEqual({ name: 'Tom', q: 'x' });
  });

  it('receive the metadata of the value that they transform', async () => {
    const { body } = await post('/injected/metadata/7?q=1', { name: 'Tom' }).set('x-agent', 'me');
    expect(body).toEqual([
      { value: '7', type: 'param', data: 'id', metatype: 'Number' },
      { value: { q: '1' }, type: 'query', data: null, metatype: 'Object' },
      { value: { name: 'Tom' }, type: 'body', data: null, metatype: 'Cat' },
      { value: 'me', type: 'custom', data: 'x-agent', metatype: 'String' },
    ]);
  });

  it('can be bound to a parameter with a custom decorator', async () => {
    const { body } = await get('/injected/decorated').set('x-agent', 'me');
    expect(body).toEqual({ agent: 'me>piped' });
  });

  it('can be bound globally as APP_PIPE and with useGlobalPipes()', async () => {
    expect(await bodyOf('/global-pipes/a?other=b')).toEqual({ text: 'a>provided>used', other: 'b' });
  });
});

describe('ValidationPipe', () => {
  it('returns an instance of the class', async () => {
    const { status, body } = await post('/validated/cats', { name: 'Tom', age: 3, tags: [{ text: 'old' }] });
    expect([status, body]).toEqual([
      201,
      { value: { name: 'Tom', age: 3, tags: [{ text: 'old' }] }, type: 'CreateCatDto', told: 'Tom is 3' },
    ]);
  });

  it('rejects invalid values, invalid values in nested classes and a missing body', async () => {
    expectError(await post('/validated/cats', { name: 7, age: -1 }), 400, /^name must.*age must/);
    const { status } = await post('/validated/cats', { name: 'Tom', age: 1, tags: [{ text: 7 }] });
    expect(status).toBe(400);
    expect((await nest.post('/validated/cats')).status).toBe(400);
  });

  it('supports mapped types', async () => {
    const { body } = await post('/validated/changes', { age: 3 });
    expect(body).toEqual({ value: { age: 3 }, type: 'UpdateCatDto' });
    expectError(await post('/validated/changes', { age: 'old' }), 400, /^age must/);
    expectError(await post('/validated/names', { name: 7, age: 'any' }), 400, /^name must/);
  });

  it('removes unknown properties if whitelist is set', async () => {
    const { body } = await post('/validated/names', { name: 'Tom', admin: true });
    expect(body).toMatchObject({ value: { name: 'Tom' } });
    expect(JSON.stringify(body)).not.toContain('admin');
  });

  it('validates path and query parameters with classes', async () => {
    expect(await bodyOf('/validated/ids/7')).toEqual({ value: { id: '7' }, type: 'IdParams' });
    expectError(await get('/validated/ids/x'), 400, /^id must/);
    expect(await bodyOf('/validated/pages?page=2')).toEqual({ value: { page: 2 }, type: 'PageQuery' });
    expect(await bodyOf('/validated/pages')).toEqual({ value: { page: 1 }, type: 'PageQuery' });
    expectError(await get('/validated/pages?page=0'), 400, /^page must/);
  });

  it('converts a single value to its type', async () => {
    expect(await bodyOf('/strict/converted/7?on=true')).toEqual({ id: 7, on: true });
  });

  it('validates the items of ParseArrayPipe', async () => {
    const { body } = await post('/validated/bulk', [{ text: 'a' }]);
    expect(body).toEqual([{ value: { text: 'a' }, type: 'TagDto' }]);
    expectError(await post('/validated/bulk', [{ text: 'a' }, { text: 7 }]), 400, /text must be a string/);
  });

  it('supports a custom status, a custom error and disabled messages', async () => {
    expectError(await post('/strict/status', {}), 418, /email must be an email/);
    expectError(await post('/strict/factory', {}), 422, 'Not a cat');
    expect((await post('/strict/silent', {})).status).toBe(400);
    expect((await post('/strict/silent', {})).text).not.toContain('email');
  });
});

describe('StandardSchemaValidationPipe', () => {
  it('validates with the schema of a parameter and returns the output of the schema', async () => {
    expect((await post('/schemas', { name: ' Tom ' })).body).toEqual({ name: 'Tom', lives: 9 });
    expect(await bodyOf('/schemas?name=Tom&lives=7&q=x')).toEqual({ cat: { name: 'Tom', lives: 7 }, q: 'x' });
    expectError(await post('/schemas', {}), 400, 'name: must be a text');
  });

  it('has a counterpart for responses, StandardSchemaSerializerInterceptor', async () => {
    expect(await bodyOf('/schemas/serialized')).toEqual({ name: 'Tom' });
  });
});
