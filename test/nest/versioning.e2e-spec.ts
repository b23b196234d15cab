import { expectNotFound, nestWith } from './client.js';

describe('versions in the path', () => {
  const nest = nestWith('versioning/uri');
  const textOf = async (path: string) => (await nest.get(path)).text;

  it('are placed between the global prefix and the path of the controller', async () => {
    expect(await textOf('/api/v1/cats')).toBe('cats 1 marked');
    expect(await textOf('/api/v2/cats')).toBe('cats 2');
    expectNotFound(await nest.get('/api/cats'));
    expectNotFound(await nest.get('/v1/cats'));
  });

  it('also apply to middleware', async () => {
    expect((await nest.get('/api/v2/dogs')).headers['x-of-two']).toBe('yes');
    expect((await nest.get('/api/v1/dogs')).headers['x-of-two']).toBeUndefined();
  });

  it('of a method take precedence over the version of the controller', async () => {
    expect(await textOf('/api/v3/cats')).toBe('cats 3');
  });

  it('can be a list, neutral or omitted', async () => {
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

  it('select among the handlers of a path', async () => {
    expect((await get('/cats', '1')).text).toMatch(/^cats 1/);
    expect((await get('/cats', '2')).text).toBe('cats 2');
    expect((await get('/cats', '3')).text).toBe('cats 3');
  });

  it('without a handler result in 404', async () => {
    expect((await get('/cats', '9')).status).toBe(404);
    expect((await get('/dogs', '3')).status).toBe(404);
  });

  it('can be omitted for version-neutral handlers only', async () => {
    expect((await nest.get('/dogs/any')).text).toBe('any version');
    expect((await nest.get('/dogs/four')).text).toBe('four or none');
    expect((await get('/dogs/four', '4')).text).toBe('four or none');
    expect((await get('/plain', '7')).text).toBe('no version named');
    expect((await nest.get('/cats')).status).toBe(404);
  });
});

describe('versions from a custom extractor', () => {
  const nest = nestWith('versioning/custom');
  const textOf = async (path: string, takes: string) => (await nest.get(path).set('x-takes', takes)).text;

  it('select the first matching handler of a path', async () => {
    expect(await textOf('/cats', '1')).toMatch(/^cats 1/);
    expect(await textOf('/cats', '3,1')).toBe('cats 3');
    expect(await textOf('/cats', '9,2')).toBe('cats 2');
  });

  it('must be the default version for handlers without a version', async () => {
    expect(await textOf('/plain', '1')).toBe('no version named');
    expect((await nest.get('/plain').set('x-takes', '2')).status).toBe(404);
  });
});
