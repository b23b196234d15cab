import { expectError, expectInvalid, expectNotFound, expectWrongMethod, nestWith } from './client.js';

type Paths = Record<string, Record<string, Record<string, unknown> | undefined> | undefined>;
type Body = { content: Record<string, object> };

describe('a documented route', () => {
  const nest = nestWith('documented/documented');
  const get = (path: string) => nest.get(`/documented/${path}`);
  const told = async (path: string) => ((await get(path)).body as { told: string }).told;
  const operation = (path: string, method = 'get') => (nest.document.paths as Paths)[`/documented/${path}`]![method]!;

  it('can return an Observable', async () => {
    expect(await told('results/observed')).toBe('observed');
  });

  it('can use interceptors that serialize, cache or change its response', async () => {
    expect((await get('results/serialized')).body).toEqual([{ name: 'Ada', loud: 'ADA' }]);
    expect(await told('results/cached')).toBe(await told('results/cached'));
    expect(await told('results/wrapped')).toBe('this, wrapped');
  });

  it('has the status of @HttpCode() in its response and in the document', async () => {
    const body = { name: 'Tom', age: 3 };
    const { status, body: answer } = await nest.post('/documented/results/accepted?part=2').send(body);
    expect([status, answer]).toEqual([202, { told: 'Tom 2' }]);
    if (!nestStock) expect(operation('results/accepted', 'post')['responses']).toHaveProperty('202');
    expectInvalid(await nest.post('/documented/results/accepted?part=0').send(body), 'part');
  });

  it('can set response headers and redirect', async () => {
    const { headers, body } = await get('results/passed');
    expect([headers['cache-control'], body]).toEqual([
      'private',
      { told: expect.stringMatching(/^GET .*127\.0\.0\.1$/) },
    ]);
    const moved = await get('results/moved').redirects(0);
    expect([moved.status, moved.headers['location']]).toEqual([301, '/documented/results/wrapped']);
  });

  it('converts its parameters with pipes', async () => {
    expect(await told('inputs/numbers/41')).toBe('42');
    const uuid = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
    expect(await told(`inputs/uuids/${uuid}`)).toBe(uuid);
    expect(await told('inputs/queries?colour=red')).toBe('7 red none');
    const { body } = await get('inputs/queries?colour=blue&page=2').set('x-trace', 'abc');
    expect(body).toEqual({ told: '2 blue abc' });
  });

  it('responds 400 or 422 to values that its pipes reject', async () => {
    for (const path of ['inputs/numbers/x', 'inputs/uuids/x', 'inputs/queries'])
      expect([400, 422]).toContain((await get(path)).status);
  });

  it('can throw errors documented with @ApiNotFoundResponse() and similar decorators', async () => {
    expectError(await get('inputs/missing'), 404, 'No such cat');
    expectError(await get('inputs/guarded'), 403, 'Forbidden resource');
    expect(operation('inputs/missing')['responses']).toMatchObject({ 404: { description: 'There is no such cat' } });
  });

  it('accepts files as documented with @ApiConsumes() and @ApiBody()', async () => {
    const post = nest.post('/documented/inputs/files');
    const { status, body } = await post.attach('file', Buffer.from('meow'), 'cat.txt');
    expect([status, body]).toEqual([201, { told: '4' }]);
    const { content } = operation('inputs/files', 'post')['requestBody'] as Body;
    expect(Object.keys(content)).toEqual(['multipart/form-data']);
  });

  it('can belong to a request-scoped controller', async () => {
    expect(await told('scoped')).not.toBe(await told('scoped'));
  });
});

describe('documented routes with a prefix, a version and a RouterModule path', () => {
  const nest = nestWith('documented/placed');

  it('respond only at their full paths', async () => {
    expect((await nest.get('/api/v2/places/7')).body).toEqual({ at: 'place 7 of 2' });
    expect((await nest.post('/api/v3/places')).body).toEqual({ at: 'place of 3' });
    expect((await nest.get('/api/houses/ulm/rooms')).body).toEqual({ at: 'room of ulm' });
    expectNotFound(await nest.get('/places/7'));
    expectNotFound(await nest.get('/api/v3/places/7'));
    expectWrongMethod(await nest.post('/api/v2/places/7'), 'GET, HEAD');
  });

  it('appear in the document with their full paths', () => {
    const paths = nest.document.paths as Paths;
    expect(paths['/api/v2/places/{id}']!['get']).toBeDefined();
    expect(paths['/api/v3/places']!['post']).toBeDefined();
    expect(paths['/api/houses/{house}/rooms']!['get']).toBeDefined();
  });

  it('coexist with the routes of the application, which have the same prefix', async () => {
    if (nestStock) return;
    expect((await nest.get('/api/health/live')).body).toEqual({ status: 'ok' });
    expect(Object.keys(nest.document.paths).every((path) => path.startsWith('/api'))).toBe(true);
  });
});
