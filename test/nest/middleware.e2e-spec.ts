import { expectError, expectNotFound, nestWith } from './client.js';

describe('a MiddlewareConsumer', () => {
  const nest = nestWith('middleware/consumer');
  const marksOf = async (path: string) => (await nest.get(path)).body as unknown;

  it('applies classes and functions in their order to paths, of all methods', async () => {
    expect(await marksOf('/marked/one')).toEqual(['class', 'function']);
    expect((await nest.put('/marked/one')).body).toEqual(['class', 'function']);
    expect(await marksOf('/marked')).toEqual([]);
  });

  it('applies to one method where it is named', async () => {
    expect((await nest.post('/marked/one')).body).toEqual(['class', 'function', 'post only']);
  });

  it('applies to what is below a path by a wildcard', async () => {
    expect(await marksOf('/marked/deep/er/still')).toEqual(['wild']);
  });

  it('applies to paths with parameters', async () => {
    expect(await marksOf('/marked/kinds/7')).toEqual(['parameter']);
  });

  it('lets middleware be asynchronous and set headers', async () => {
    const { headers, body } = await nest.get('/marked/two');
    expect([headers['x-middleware'], body]).toEqual(['later', ['later']]);
  });

  it('runs middleware before guards', async () => {
    expect((await nest.get('/marked/guarded')).text).toBe('in');
  });

  it('applies to a controller, but for what is excluded', async () => {
    expect(await marksOf('/by-controller/a')).toEqual(['controller']);
    expect(await marksOf('/by-controller/b/7')).toEqual([]);
    expect(await marksOf('/by-controller/c')).toEqual([]);
  });

  it('lets middleware answer, on paths that no route has too', async () => {
    const { status, body } = await nest.post('/answered');
    expect([status, body]).toEqual([202, { by: 'middleware' }]);
    expect((await nest.get('/answered-deep/er')).body).toEqual({ by: 'middleware' });
    expect((await nest.get('/answered/deeper')).body).toEqual({ by: 'middleware' });
    expectNotFound(await nest.get('/answered-not'));
  });

  it('takes errors of middleware to the exception filter', async () => {
    expectError(await nest.get('/failing/thrown'), 401, 'Thrown by middleware');
    expectError(await nest.get('/failing/next'), 401, 'Handed on by middleware');
  });
});

describe('middleware for everything', () => {
  const nest = nestWith<string[]>('middleware/everywhere');

  it('by app.use() runs before that of modules, and an outer module before the ones that it imports', async () => {
    const { body } = await nest.get('/everywhere');
    expect(body).toEqual(['functional', 'everywhere', 'inner']);
  });

  it('leaves out what is excluded', async () => {
    expect((await nest.get('/everywhere/excluded')).body).toEqual(['functional', 'inner']);
  });

  it('by app.use() answers below a path', async () => {
    expect((await nest.get('/mounted/deep?q')).body).toEqual({ url: '/deep?q', base: '/mounted' });
    expect((await nest.post('/mounted')).body).toEqual({ url: '/', base: '/mounted' });
  });

  it('sees requests to unknown paths and their answers', async () => {
    expectNotFound(await nest.get('/unknown?q=1'));
    expect(nest.probe).toContain('GET /unknown?q=1 404');
    await nest.get('/everywhere');
    expect(nest.probe).toContain('GET /everywhere 200');
  });

  it('by app.use() has its errors answered', async () => {
    expectServerErrors();
    const answer = await nest.get('/everywhere/express');
    expectError(answer, 500, 'Internal server error');
    expect(answer.text).not.toContain('by app.use');
  });
});
