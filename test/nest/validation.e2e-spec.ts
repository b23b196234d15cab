import { expectInvalid, nestWith } from './client.js';

const nest = nestWith('validation/validation');
const post = (path: string, body: object) => nest.post(`/pets${path}`).send(body);
const search = async (query: string) => (await nest.get(`/pets${query}`)).body as unknown;
const tom = { name: 'Tom', kind: 'cat', age: 3 };

describe('a class of class-validator, anywhere', () => {
  it('is an instance when it comes, its nested classes too, with its defaults and transformations', async () => {
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
    ['another type', { ...tom, age: 'x' }, ['age']],
    ['a number that is too large', { ...tom, age: 100 }, ['age']],
    ['a fraction', { ...tom, age: 1.5 }, ['age']],
    ['a value of no enum', { ...tom, kind: 'cow' }, ['kind']],
    ['a text of white space, by its transformation', { ...tom, name: ' ' }, ['name']],
    ['no list', { ...tom, tags: 'a' }, ['tags']],
    ['an empty list', { ...tom, tags: [] }, ['tags']],
    ['a long list', { ...tom, tags: ['a', 'b', 'c'] }, ['tags']],
    ['no date', { ...tom, born: 'soon' }, ['born']],
    ['no UUID', { ...tom, chip: '7' }, ['chip']],
    ['no object', { ...tom, more: 'x' }, ['more']],
    ['what another list names', { ...tom, size: 'huge' }, ['size']],
    ["what the feature's own decorator refuses", { ...tom, fullName: 'T' }, ['fullName']],
    ['what an asynchronous constraint refuses', { ...tom, name: 'Taken' }, ['name']],
    ['several at once', { name: 1, kind: 1, age: -1 }, ['name', 'kind', 'age']],
  ])('refuses %s', async (_what, body, fields) => {
    expectInvalid(await post('', body), ...fields);
  });

  it.each([
    ['in a nested class', { ...tom, home: { city: 'U' } }],
    ['in a list of classes', { ...tom, former: [{ city: 'Ulm' }, { city: 'Bern', zip: 'x' }] }],
    ['where a nested class gets no object', { ...tom, home: 'Ulm' }],
    ['in each of a list', { ...tom, tags: [1] }],
  ])('refuses what is wrong %s', async (_where, body) => {
    expect((await post('', body)).status).toBe(nestStock ? 400 : 422);
  });

  it('keeps what is wrong out of the handler for lists, texts and nothing', async () => {
    expect((await post('', [])).status).toBe(nestStock ? 400 : 422);
    expect((await nest.post('/pets')).status).toBe(nestStock ? 400 : 422);
  });

  it('is known through mapped types', async () => {
    const { body } = await nest.patch('/pets/7').send({ age: 4 });
    expect(body).toMatchObject({ id: 7, type: 'UpdatePet', value: { age: 4 } });
    expectInvalid(await nest.patch('/pets/7').send({ age: 100, name: '' }), 'name', 'age');
    expectInvalid(await nest.patch('/pets/x').send({}), 'id');
  });

  it('knows conditions', async () => {
    expect((await post('/payments', { by: 'cash' })).status).toBe(200);
    expectInvalid(await post('/payments', { by: 'card' }), 'card');
    expectInvalid(await post('/terms', { accepted: false }), 'accepted');
  });

  it('may be that of a part of the body', async () => {
    const { body } = await post('/parts', { home: { city: 'Ulm' }, name: 'Tom' });
    expect(body).toEqual({ home: { type: 'Address', value: { city: 'Ulm' } }, name: 'Tom' });
    expectInvalid(await post('/parts', { home: { city: 'U' }, name: 'Tom' }), 'city');
  });
});

describe('a class of a query', () => {
  it('converts, and has its defaults and getters', async () => {
    expect(await search('')).toEqual({ type: 'Search', value: expect.objectContaining({ page: 1 }), isFirst: true });
    expect(await search('?page=2&tame=true&kind=dog&tag=a')).toMatchObject({
      value: { page: 2, tame: true, kind: 'dog', tag: ['a'] },
      isFirst: false,
    });
    expect(await search('?tag=a&tag=b')).toMatchObject({ value: { tag: ['a', 'b'] } });
  });

  it('refuses what it does not allow', async () => {
    expectInvalid(await nest.get('/pets?page=0'), 'page');
    expectInvalid(await nest.get('/pets?page=x&kind=cow'), 'page', 'kind');
  });
});

describe('classes of path, query and body in one handler', () => {
  it('are all judged', async () => {
    const { body } = await post('/everything/7?page=2', { city: 'Ulm' }).set('x-by', 'me');
    expect(body).toEqual({ id: 7, page: 2, city: 'Ulm', by: 'me' });
    expectInvalid(await post('/everything/x', { city: 'Ulm' }), 'id');
    expectInvalid(await post('/everything/7?page=0', { city: 'Ulm' }), 'page');
    expectInvalid(await post('/everything/7', { city: 'U' }), 'city');
  });
});

describe('what has no class', () => {
  it('comes as it is', async () => {
    const { body } = await post('/plain?a=1', { any: ['thing'] });
    expect(body).toEqual({ plain: { any: ['thing'] }, query: { a: '1' }, raw: { any: ['thing'] } });
  });

  it('or a class that says nothing, is no reason to refuse', async () => {
    expect((await post('/undecorated', {})).status).toBe(200);
  });
});
