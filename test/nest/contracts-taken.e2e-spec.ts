import { nestWith } from './client.js';

const nest = nestWith('contracts/taken');
const upload = (part: string, file = 'meow') =>
  nest.post('/taken/upload').field('name', 'cat').field('part', part).attach('file', Buffer.from(file), 'a.txt');
const told = (answer: { body: unknown }): unknown => JSON.parse((answer.body as { told: string }).told);

describe('arrays in the query', () => {
  it('contain all values that were sent', async () => {
    expect(told(await nest.get('/taken/lists?tags=a&tags=b&ids=1&ids=2'))).toEqual({ tags: ['a', 'b'], ids: [1, 2] });
    expect(told(await nest.get('/taken/lists?tags=a'))).toMatchObject({ tags: ['a'] });
    expect(told(await nest.get('/taken/lists'))).not.toHaveProperty('tags.0');
  });

  it('are validated item by item', async () => {
    const { status, body } = await nest.get('/taken/lists?ids=1&ids=x');
    expect([status, body]).toMatchObject([422, { detail: [{ loc: ['query', 'ids', 1], input: 'x' }] }]);
  });

  it('are passed to pipes as Express parses them', async () => {
    expect(told(await nest.get('/taken/raw?ids=1&ids=2'))).toEqual([1, 2]);
    expect(told(await nest.get('/taken/raw?ids=1,2'))).toEqual([1, 2]);
  });
});

describe('a body that middleware or an interceptor has set', () => {
  it.each([
    ['replaced', 'replaced'],
    ['intercepted', 'renamed'],
  ])('is the value that @Body() receives: %s', async (path, name) => {
    const send = () => nest.post(`/taken/${path}`).send({ name: 'sent' });
    expect(told(await send())).toMatchObject({ name });
    expect(told(await send().set('Idempotency-Key', path))).toMatchObject({ name });
  });

  it('is converted and validated if it contains the text fields sent with a file', async () => {
    expect(told(await upload('3'))).toEqual({ file: 4, name: 'cat', part: 3 });
    expect(told(await upload('3', 'm'.repeat(200_000)))).toEqual({ file: 200_000, name: 'cat', part: 3 });
    expect(await upload('x')).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', 'part'] }] } });
  });
});

describe('@ReturnsMedia', () => {
  it('sends a response of the declared media type', async () => {
    expect(await nest.get('/taken/media')).toMatchObject({ status: 200, text: 'a,b' });
  });

  it('responds 500 instead of sending another media type', async () => {
    expectServerErrors();
    const answer = await nest.get('/taken/other-media');
    expect(answer).toMatchObject({ status: 500, body: { detail: 'Internal server error' } });
    expect(answer.text).not.toContain('secret');
  });
});
