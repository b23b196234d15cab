import { expectInvalid, nestWith } from './client.js';

const nest = nestWith('validation/validation');
const post = (path: string, body: object) => nest.post(`/pets${path}`).send(body);
const search = async (query: string) => (await nest.get(`/pets${query}`)).body as unknown;
const tom = { name: 'Tom', kind: 'cat', age: 3 };

describe('a body class with validators', () => {
  it('is instantiated with nested instances, defaults and transformed values', async () => {
    const { status, body } = await post('', { ...tom, name: '  Tom ', home: { city: 'Ulm' }, more: { a: [1] } });
    expect(status).toBe(201);
    expect(body).toEqual({
      type: 'CreatePet',
      value: { ...tom, size: 'small', home: { city: 'Ulm' }, more: { a: [1] } },
      home: 'Address',
    });
  });

  it.each([
    ['a missing field', { kind: 'cat', age: 3 }, ['name']],
    ['a wrong type', { ...tom, age: 'x' }, ['age']],
    ['a number that is too large', { ...tom, age: 100 }, ['age']],
    ['a fraction', { ...tom, age: 1.5 }, ['age']],
    ['a value outside the enum', { ...tom, kind: 'cow' }, ['kind']],
    ['white space that a transformation trims', { ...tom, name: ' ' }, ['name']],
    ['a text instead of a list', { ...tom, tags: 'a' }, ['tags']],
    ['an empty list', { ...tom, tags: [] }, ['tags']],
    ['a list that is too long', { ...tom, tags: ['a', 'b', 'c'] }, ['tags']],
    ['an invalid date', { ...tom, born: 'soon' }, ['born']],
    ['an invalid UUID', { ...tom, chip: '7' }, ['chip']],
    ['a text instead of an object', { ...tom, more: 'x' }, ['more']],
    ['a value outside the allowed list', { ...tom, size: 'huge' }, ['size']],
    ['a value that a custom decorator rejects', { ...tom, fullName: 'T' }, ['fullName']],
    ['a value that an asynchronous constraint rejects', { ...tom, name: 'Taken' }, ['name']],
    ['several invalid fields', { name: 1, kind: 1, age: -1 }, ['name', 'kind', 'age']],
  ])('rejects the body and names the invalid fields: %s', async (_what, body, fields) => {
    expectInvalid(await post('', body), ...fields);
  });

  it.each([
    ['in a nested class', { ...tom, home: { city: 'U' } }],
    ['in a list of nested classes', { ...tom, former: [{ city: 'Ulm' }, { city: 'Bern', zip: 'x' }] }],
    ['instead of a nested object', { ...tom, home: 'Ulm' }],
    ['in a list of texts', { ...tom, tags: [1] }],
  ])('rejects an invalid value %s', async (_where, body) => {
    expect((await post('', body)).status).toBe(nestStock ? 400 : 422);
  });

  it('rejects an array and a missing body', async () => {
    expect((await post('', [])).status).toBe(nestStock ? 400 : 422);
    expect((await nest.post('/pets')).status).toBe(nestStock ? 400 : 422);
  });

  it('supports mapped types', async () => {
    const { body } = await nest.patch('/pets/7').send({ age: 4 });
    expect(body).toMatchObject({ id: 7, type: 'UpdatePet', value: { age: 4 } });
    expectInvalid(await nest.patch('/pets/7').send({ age: 100, name: '' }), 'name', 'age');
    expectInvalid(await nest.patch('/pets/x').send({}), 'id');
  });

  it('supports conditional validation', async () => {
    expect((await post('/payments', { by: 'cash' })).status).toBe(200);
    expectInvalid(await post('/payments', { by: 'card' }), 'card');
    expectInvalid(await post('/terms', { accepted: false }), 'accepted');
  });

  it('can be the type of a single field of the body', async () => {
    const { body } = await post('/parts', { home: { city: 'Ulm' }, name: 'Tom' });
    expect(body).toEqual({ home: { type: 'Address', value: { city: 'Ulm' } }, name: 'Tom' });
    expectInvalid(await post('/parts', { home: { city: 'U' }, name: 'Tom' }), 'city');
  });
});

describe('a query class', () => {
  it('converts values and supports defaults and getters', async () => {
    expect(await search('')).toEqual({ type: 'Search', value: expect.objectContaining({ page: 1 }), isFirst: true });
    expect(await search('?page=2&tame=true&kind=dog&tag=a')).toMatchObject({
      value: { page: 2, tame: true, kind: 'dog', tag: ['a'] },
      isFirst: false,
    });
    expect(await search('?tag=a&tag=b')).toMatchObject({ value: { tag: ['a', 'b'] } });
  });

  it('rejects invalid values', async () => {
    expectInvalid(await nest.get('/pets?page=0'), 'page');
    expectInvalid(await nest.get('/pets?page=x&kind=cow'), 'page', 'kind');
  });
});

describe('classes of path, query and body in one handler', () => {
  it('are all validated', async () => {
    const { body } = await post('/everything/7?page=2', { city: 'Ulm' }).set('x-by', 'me');
    expect(body).toEqual({ id: 7, page: 2, city: 'Ulm', by: 'me' });
    expectInvalid(await post('/everything/x', { city: 'Ulm' }), 'id');
    expectInvalid(await post('/everything/7?page=0', { city: 'Ulm' }), 'page');
    expectInvalid(await post('/everything/7', { city: 'U' }), 'city');
  });
});

describe('a parameter without validators', () => {
  it('receives the value unchanged', async () => {
    const { body } = await post('/plain?a=1', { any: ['thing'] });
    expect(body).toEqual({ plain: { any: ['thing'] }, query: { a: '1' }, raw: { any: ['thing'] } });
  });

  it('accepts a body if its class has no decorators', async () => {
    expect((await post('/undecorated', {})).status).toBe(200);
  });
});
