import { expectError, expectInvalid, nestWith } from './client.js';

const nest = nestWith('validation/kinds');
const post = (path: string, body: object) => nest.post(`/kinds${path}`).send(body);
const refused = () => (nestStock ? 400 : 422);
const given = async (body: object) => ((await post('', body)).body as { given: Record<string, unknown> }).given;

describe('class-validator', () => {
  it.each([
    { price: 1.25 },
    { price: -3 },
    { latitude: 48.4 },
    { email: 'a@example.com' },
    { url: 'https://example.com' },
    { digits: '007' },
    { kinds: ['cat', 'dog'] },
    { kinds: [] },
    { price: null },
  ])('accepts %j', async (body) => {
    expect(await given(body)).toMatchObject(body);
  });

  it.each([
    [{ price: 1.255 }, 'price'],
    [{ price: '1.25' }, 'price'],
    [{ latitude: 91 }, 'latitude'],
    [{ email: 'nobody' }, 'email'],
    [{ url: 'nowhere' }, 'url'],
    [{ digits: 'seven' }, 'digits'],
    [{ kinds: ['cat', 'cat'] }, 'kinds'],
    [{ at: 'soon' }, 'at'],
    [{ at: '1999-01-01' }, 'at'],
  ])('rejects %j', async (body, field) => {
    const answer = await post('', body);
    expect(answer.status).toBe(refused());
    expect(answer.text).toContain(field);
  });

  it('supports groups', async () => {
    expect((await post('/groups', {})).status).toBe(nestStock ? 400 : 422);
    expectError(await post('/groups/create', {}), 400, /name/);
    expect((await post('/groups/create', { name: 'Tom' })).body).toEqual({ name: 'Tom' });
  });
});

describe('class-transformer', () => {
  it('converts strings to dates', async () => {
    const { body } = await post('', { at: '2024-02-29T00:00:00Z', dates: ['1970-01-01T00:00:00.001Z'] });
    expect(body).toMatchObject({ at: true, dates: [1] });
  });

  it('selects a class by a discriminator, and the instance is validated', async () => {
    expect((await post('', { shape: { kind: 'circle', radius: 1.5 } })).body).toMatchObject({ shape: 'Circle' });
    expect((await post('', { shape: { kind: 'square', side: 2 } })).body).toMatchObject({ shape: 'Square' });
    expect((await post('', { shape: { kind: 'square', side: -2 } })).status).toBe(refused());
  });

  it('renames fields', async () => {
    expect(await given({ full_name: 'Ada' })).toEqual({ fullName: 'Ada' });
    expect((await post('', { full_name: 'A' })).status).toBe(refused());
  });

  it('omits excluded fields', async () => {
    expect(await given({ internal: 'secret', price: 1 })).toEqual({ price: 1 });
  });
});

describe('a class as a parameter type', () => {
  it('keeps all fields that were sent if it has no validators', async () => {
    const { status, body } = await post('/types-alone', { name: 'Tom', age: 3, breed: 'tabby', more: 1 });
    expect([status, body]).toEqual([200, { name: 'Tom', age: 3, breed: 'tabby', more: 1 }]);
  });

  it('accepts arrays in the query', async () => {
    expect((await nest.get('/kinds/many?names=a&names=b')).body).toEqual({ names: ['a', 'b'], numbers: null });
    expect((await nest.get('/kinds/many?names=a&names=b&numbers=1&numbers=2')).body).toMatchObject({ numbers: [1, 2] });
    expectInvalid(await nest.get('/kinds/many?names=a'), 'names');
  });

  it('is validated for a custom decorator only with validateCustomDecorators', async () => {
    expect((await nest.get('/kinds/sender').set('x-sender', 'nobody')).body).toEqual({ email: 'nobody' });
    expectError(await nest.get('/kinds/checked-sender').set('x-sender', 'nobody'), 400, /email must be an email/);
  });

  it('accepts unknown fields unless its pipe forbids them', async () => {
    const mailbox = { email: 'a@example.com', admin: true };
    expect((await post('/unknown', mailbox)).body).toEqual({ email: 'a@example.com' });
    expectError(await post('/no-more', mailbox), 400, /property admin should not exist/);
  });
});
