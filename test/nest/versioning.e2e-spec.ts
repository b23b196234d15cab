import { expectNotFound, nestWith } from './client.js';

describe('versions in the path', () => {
  const nest = nestWith('versioning/uri');
  const textOf = async (path: string) => (await nest.get(path)).text;

  it('stand between the global prefix and the controller', async () => {
    expect(await textOf('/api/v1/cats')).toBe('cats 1 marked');
    expect(await textOf('/api/v2/cats')).toBe('cats 2');
    expectNotFound(await nest.get('/api/cats'));
    expectNotFound(await nest.get('/v1/cats'));
  });

  it('are those of middleware, too', async () => {
    expect((await nest.get('/api/v2/dogs')).headers['x-of-two']).toBe('yes');
    expect((await nest.get('/api/v1/dogs')).headers['x-of-two']).toBeUndefined();
  });

  it("of a method win over the controller's", async () => {
    expect(await textOf('/api/v3/cats')).toBe('cats 3');
  });

  it('may be several, none in particular, or not named at all', async () => {
    expect(await textOf('/api/v1/dogs')).toBe('dogs 1 and 2');
    expect(await textOf('/api/v2/dogs')).toBe('dogs 1 and 2');
    expectNotFound(await nest.get('/api/v3/dogs'));
    expect(await textOf('/api/dogs/any')).toBe('any version');
    expect(await textOf('/api/dogs/four')).toBe('four or none');
    expect(await textOf('/api/v4/dogs/four')).toBe('four or none');
    expect(await textOf('/api/plain')).toBe('no version named');
  });
});

describe.each([
  ['a header', 'versioning/header', 'X-Version', ''],
  ['the media type', 'versioning/media', 'Accept', 'application/json;v='],
])('versions in %s', (_where, feature, header, before) => {
  const nest = nestWith(feature);
  const get = (path: string, version: string) => nest.get(path).set(header, `${before}${version}`);

  it('choose among handlers of one path', async () => {
    expect((await get('/cats', '1')).text).toMatch(/^cats 1/);
    expect((await get('/cats', '2')).text).toBe('cats 2');
    expect((await get('/cats', '3')).text).toBe('cats 3');
  });

  it('that no handler has are unknown', async () => {
    expect((await get('/cats', '9')).status).toBe(404);
    expect((await get('/dogs', '3')).status).toBe(404);
  });

  it('need not be named where none in particular is wanted', async () => {
    expect((await nest.get('/dogs/any')).text).toBe('any version');
    expect((await nest.get('/dogs/four')).text).toBe('four or none');
    expect((await get('/dogs/four', '4')).text).toBe('four or none');
    expect((await get('/plain', '7')).text).toBe('no version named');
    expect((await nest.get('/cats')).status).toBe(404);
  });
});

describe('versions of an extractor', () => {
  const nest = nestWith('versioning/custom');
  const textOf = async (path: string, takes: string) => (await nest.get(path).set('x-takes', takes)).text;

  it('choose among handlers of one path, in the order of their declaration', async () => {
    expect(await textOf('/cats', '1')).toMatch(/^cats 1/);
    expect(await textOf('/cats', '3,1')).toBe('cats 3');
    expect(await textOf('/cats', '9,2')).toBe('cats 2');
  });

  it('have a default', async () => {
    expect(await textOf('/plain', '1')).toBe('no version named');
    expect((await nest.get('/plain').set('x-takes', '2')).status).toBe(404);
  });
});
