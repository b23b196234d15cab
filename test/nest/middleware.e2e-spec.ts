import { expectError, expectNotFound, nestWith } from './client.js';

describe('a MiddlewareConsumer', () => {
  const nest = nestWith('middleware/consumer');
  const marksOf = async (path: string) => (await nest.get(path)).body as unknown;

  it('applies classes and functions in order to a path, for all methods', async () => {
    expect(await marksOf('/marked/one')).toEqual(['class', 'function']);
    expect((await nest.put('/marked/one')).body).toEqual(['class', 'function']);
    expect(await marksOf('/marked')).toEqual([]);
  });

  it('can apply middleware to a single method', async () => {
    expect((await nest.post('/marked/one')).body).toEqual(['class', 'function', 'post only']);
  });

  it('applies middleware to all paths of a wildcard', async () => {
    expect(await marksOf('/marked/deep/er/still')).toEqual(['wild']);
  });

  it('applies middleware to paths with parameters', async () => {
    expect(await marksOf('/marked/kinds/7')).toEqual(['parameter']);
  });

  it('supports asynchronous middleware that sets headers', async () => {
    const { headers, body } = await nest.get('/marked/two');
    expect([headers['x-middleware'], body]).toEqual(['later', ['later']]);
  });

  it('runs middleware before guards', async () => {
    expect((await nest.get('/marked/guarded')).text).toBe('in');
  });

  it('applies middleware to a controller, except for excluded paths', async () => {
    expect(await marksOf('/by-controller/a')).toEqual(['controller']);
    expect(await marksOf('/by-controller/b/7')).toEqual([]);
    expect(await marksOf('/by-controller/c')).toEqual([]);
  });

  it('excludes paths as they are routed: an encoded slash does not skip the middleware of another route', async () => {
    expect(await marksOf('/by-controller/b/7/members')).toEqual(['controller']);
    // stock Nest routes it to b/:id
    expect(await marksOf('/by-controller/b/7%2Fmembers')).toEqual(nestStock ? [] : ['controller']);
    expect(await marksOf('/by-controller/%62/7')).toEqual(nestStock ? ['controller'] : []);
  });

  it('supports middleware that responds on paths without a route', async () => {
    const { status, body } = await nest.post('/answered');
    expect([status, body]).toEqual([202, { by: 'middleware' }]);
    expect((await nest.get('/answered-deep/er')).body).toEqual({ by: 'middleware' });
    expect((await nest.get('/answered/deeper')).body).toEqual({ by: 'middleware' });
    expectNotFound(await nest.get('/answered-not'));
  });

  it('passes errors of middleware to the exception filter', async () => {
    expectError(await nest.get('/failing/thrown'), 401, 'Thrown by middleware');
    expectError(await nest.get('/failing/next'), 401, 'Handed on by middleware');
  });
});

describe('middleware for all paths', () => {
  const nest = nestWith<string[]>('middleware/everywhere');

  it('added with app.use() runs first, then the middleware of a module, then the middleware of its imports', async () => {
    const { body } = await nest.get('/everywhere');
    expect(body).toEqual(['functional', 'everywhere', 'inner']);
  });

  it('does not run for excluded paths', async () => {
    expect((await nest.get('/everywhere/excluded')).body).toEqual(['functional', 'inner']);
  });

  it('added with app.use() responds to all requests under its path', async () => {
    expect((await nest.get('/mounted/deep?q')).body).toEqual({ url: '/deep?q', base: '/mounted' });
    expect((await nest.post('/mounted')).body).toEqual({ url: '/', base: '/mounted' });
  });

  it('runs for unknown paths and can read the response status', async () => {
    expectNotFound(await nest.get('/unknown?q=1'));
    expect(nest.probe).toContain('GET /unknown?q=1 404');
    await nest.get('/everywhere');
    expect(nest.probe).toContain('GET /everywhere 200');
  });

  it('added with app.use() results in a 500 without details if it fails', async () => {
    expectServerErrors();
    const answer = await nest.get('/everywhere/express');
    expectError(answer, 500, 'Internal server error');
    expect(answer.text).not.toContain('by app.use');
  });
});
