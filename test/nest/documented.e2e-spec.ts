import { expectError, expectInvalid, expectNotFound, expectWrongMethod, nestWith } from './client.js';

type Paths = Record<string, Record<string, Record<string, unknown> | undefined> | undefined>;
type Body = { content: Record<string, object> };

describe('a documented route', () => {
  const nest = nestWith('documented/documented');
  const get = (path: string) => nest.get(`/documented/${path}`);
  const told = async (path: string) => ((await get(path)).body as { told: string }).told;
  const operation = (path: string, method = 'get') => (nest.document.paths as Paths)[`/documented/${path}`]![method]!;

  it('may give an Observable', async () => {
    expect(await told('results/observed')).toBe('observed');
  });

  it('may have its answer serialized by its class, kept or changed by interceptors', async () => {
    expect((await get('results/serialized')).body).toEqual([{ name: 'Ada', loud: 'ADA' }]);
    expect(await told('results/cached')).toBe(await told('results/cached'));
    expect(await told('results/wrapped')).toBe('this, wrapped');
  });

  it('has the status of @HttpCode(), in the document too', async () => {
    const body = { name: 'Tom', age: 3 };
    const { status, body: answer } = await nest.post('/documented/results/accepted?part=2').send(body);
    expect([status, answer]).toEqual([202, { told: 'Tom 2' }]);
    if (!nestStock) expect(operation('results/accepted', 'post')['responses']).toHaveProperty('202');
    expectInvalid(await nest.post('/documented/results/accepted?part=0').send(body), 'part');
  });

  it('may touch the response, and redirect', async () => {
    const { headers, body } = await get('results/passed');
    expect([headers['cache-control'], body]).toEqual([
      'private',
      { told: expect.stringMatching(/^GET .*127\.0\.0\.1$/) },
    ]);
    const moved = await get('results/moved').redirects(0);
    expect([moved.status, moved.headers['location']]).toEqual([301, '/documented/results/wrapped']);
  });

  it('takes values by pipes', async () => {
    expect(await told('inputs/numbers/41')).toBe('42');
    const uuid = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
    expect(await told(`inputs/uuids/${uuid}`)).toBe(uuid);
    expect(await told('inputs/queries?colour=red')).toBe('7 red none');
    const { body } = await get('inputs/queries?colour=blue&page=2').set('x-trace', 'abc');
    expect(body).toEqual({ told: '2 blue abc' });
  });

  it('refuses what its pipes refuse, as documented', async () => {
    for (const path of ['inputs/numbers/x', 'inputs/uuids/x', 'inputs/queries'])
      expect([400, 422]).toContain((await get(path)).status);
  });

  it('may throw what @ApiNotFoundResponse() and its kin document', async () => {
    expectError(await get('inputs/missing'), 404, 'No such cat');
    expectError(await get('inputs/guarded'), 403, 'Forbidden resource');
    expect(operation('inputs/missing')['responses']).toMatchObject({ 404: { description: 'There is no such cat' } });
  });

  it('takes files, as @ApiConsumes() and @ApiBody() document', async () => {
    const post = nest.post('/documented/inputs/files');
    const { status, body } = await post.attach('file', Buffer.from('meow'), 'cat.txt');
    expect([status, body]).toEqual([201, { told: '4' }]);
    const { content } = operation('inputs/files', 'post')['requestBody'] as Body;
    expect(Object.keys(content)).toEqual(['multipart/form-data']);
  });

  it('may be of a controller that is made for each request', async () => {
    expect(await told('scoped')).not.toBe(await told('scoped'));
  });
});

describe('documented routes below a prefix, a version and a RouterModule', () => {
  const nest = nestWith('documented/placed');

  it('answer there, and nowhere else', async () => {
    expect((await nest.get('/api/v2/places/7')).body).toEqual({ at: 'place 7 of 2' });
    expect((await nest.post('/api/v3/places')).body).toEqual({ at: 'place of 3' });
    expect((await nest.get('/api/houses/ulm/rooms')).body).toEqual({ at: 'room of ulm' });
    expectNotFound(await nest.get('/places/7'));
    expectNotFound(await nest.get('/api/v3/places/7'));
    expectWrongMethod(await nest.post('/api/v2/places/7'), 'GET, HEAD');
  });

  it('are there in the document', () => {
    const paths = nest.document.paths as Paths;
    expect(paths['/api/v2/places/{id}']!['get']).toBeDefined();
    expect(paths['/api/v3/places']!['post']).toBeDefined();
    expect(paths['/api/houses/{house}/rooms']!['get']).toBeDefined();
  });

  it("are beside the application's own", async () => {
    if (nestStock) return;
    expect((await nest.get('/api/health/live')).body).toEqual({ status: 'ok' });
    expect(Object.keys(nest.document.paths).every((path) => path.startsWith('/api'))).toBe(true);
  });
});
