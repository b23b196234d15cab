import { expectError, expectInvalid, nestWith } from './client.js';

type Json = Record<string, unknown>;
type Operation = Json & { parameters?: Json[]; responses: Record<string, Json>; security?: Json[] };
type Paths = Record<string, Record<string, Operation | undefined> | undefined>;
type Schema = Json & { properties: Record<string, Json>; required?: string[] };

const nest = nestWith('swagger/swagger');
const pathsOf = ({ paths }: { paths: object }) => paths as Paths;
const operation = (method: string, path = '') => pathsOf(nest.document)[`/documented-cats${path}`]![method]!;

/** Returns the schema of a request body, whether it is a reference or inline. */
function bodyOf(method: string, path = ''): Schema {
  const body = operation(method, path)['requestBody'] as { content: Record<string, { schema: Json }> };
  return resolved(body.content['application/json']!.schema);
}

function resolved(schema: Json): Schema {
  const name = (schema['$ref'] as string | undefined)?.split('/').at(-1);
  return (name === undefined ? schema : nest.document.components!.schemas![name]) as Schema;
}

describe('the document shows', () => {
  it('@ApiTags() and @ApiOperation()', () => {
    expect(operation('get')).toMatchObject({
      tags: ['cats'],
      summary: 'Lists cats',
      description: 'All of them, one part at a time.',
    });
    expect(operation('patch', '/{id}')['deprecated']).toBe(true);
    expect(operation('put', '/{id}/name')['operationId']).toBe('giveName');
  });

  it('@ApiHeader(), @ApiParam() and the fields of a query', () => {
    expect(operation('get').parameters).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'X-Trace', in: 'header', description: 'Comes back in the log' }),
        expect.objectContaining({ name: 'part', in: 'query', required: false }),
      ]),
    );
    expect(operation('get', '/{id}').parameters).toEqual([
      expect.objectContaining({ name: 'id', in: 'path', required: true, description: 'The number of a cat' }),
    ]);
  });

  it('@ApiResponse() in addition to the responses of @Returns()', () => {
    const { responses } = operation('get', '/{id}');
    expect(responses['418']).toMatchObject({ description: 'The cat makes tea' });
    if (nestStock) return; // stock Nest has no @Returns()
    expect(Object.keys(responses)).toContain('200');
    expect(Object.keys(operation('post').responses)).toContain('201');
  });

  it('@ApiBearerAuth() only for the operations that declare it', () => {
    expect(operation('patch', '/{id}').security).toHaveLength(1);
    expect(operation('get').security ?? []).toEqual([]);
  });

  it('@ApiProperty() with all of its options', () => {
    const { properties, required } = bodyOf('post');
    expect(required).toEqual(['name', 'age']);
    expect(properties['name']).toMatchObject({
      type: 'string',
      description: 'What it is called',
      minLength: 2,
      maxLength: 20,
    });
    expect(properties['age']).toMatchObject({ type: 'integer', minimum: 0, maximum: 30, description: 'In years' });
    expect(JSON.stringify([properties['coat'], nest.document.components])).toContain('"enum":["short","long"]');
  });

  it('no hidden or excluded routes and properties', () => {
    expect(pathsOf(nest.document)['/documented-cats/{id}']!['delete']).toBeUndefined();
    expect(pathsOf(nest.document)['/hidden-cats']).toBeUndefined();
    expect(JSON.stringify(nest.document)).not.toContain('secret?');
  });

  it('mapped types', () => {
    expect(bodyOf('patch', '/{id}').required ?? []).toEqual([]);
    expect(Object.keys(bodyOf('patch', '/{id}').properties)).toEqual(['name', 'age', 'coat']);
    expect(Object.keys(bodyOf('put', '/{id}/name').properties)).toEqual(['name']);
    expect(Object.keys(bodyOf('put', '/{id}/chip').properties)).toEqual(['name', 'age', 'coat', 'chip']);
  });

  it('@ApiExtraModels()', () => {
    expect(resolved({ $ref: '#/components/schemas/AgelessCatDto' })).toMatchObject({ required: ['name'] });
  });
});

describe('a documented route', () => {
  it('returns the fields that its model declares', async () => {
    expect((await nest.get('/documented-cats?part=2')).body).toEqual([{ id: 2, name: 'Tom', tags: [] }]);
    const { body } = await nest.get('/documented-cats/7');
    if (!nestStock) expect(body).toEqual({ id: 7, name: 'Tom', tags: [] });
    const created = await nest.post('/documented-cats').send({ name: 'Kit', age: 1, coat: 'long' });
    expect([created.status, created.body]).toEqual([201, { id: 1, name: 'Kit', tags: [] }]);
  });

  it('rejects input that its classes do not allow', async () => {
    expectInvalid(
      await nest.post('/documented-cats').send({ name: 'K', age: 31, coat: 'none' }),
      'name',
      'age',
      'coat',
    );
    expectInvalid(await nest.get('/documented-cats?part=0'), 'part');
    expectInvalid(await nest.put('/documented-cats/1/chip').send({ name: 'Kit', age: 1 }), 'chip');
    expectError(await nest.get('/documented-cats/404'), 404, 'Cat 404 not found');
  });

  it('requires a token if it is protected', async () => {
    if (nestStock) return; // stock Nest has no guard here
    expect((await nest.patch('/documented-cats/1').send({ age: 2 })).status).toBe(401);
  });

  it('behaves as in plain Nest if it is excluded', async () => {
    expect((await nest.delete('/documented-cats/x')).body).toEqual({ dropped: 'x', anything: 'else' });
    expect((await nest.get('/hidden-cats')).body).toEqual({ hidden: true });
  });
});

const successesOf = ({ responses }: Operation) => Object.keys(responses).filter((status) => status.startsWith('2'));

/** Returns the success statuses of each operation, without 206 (partial files), which only Aerie documents. */
function operationsOf(paths: Paths): Map<string, string[]> {
  return new Map(
    Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item!).flatMap(([method, one]): [string, string[]][] =>
        one?.responses ? [[`${method} ${path}`, successesOf(one).filter((status) => status !== '206')]] : [],
      ),
    ),
  );
}

describe('a second document', () => {
  it('is served as JSON and YAML, and contains only its modules', async () => {
    const { status, body } = await nest.get('/second-json');
    const { info, paths } = body as { info: { title: string }; paths: Paths };
    expect([status, info.title]).toEqual([200, 'Cats only']);
    expect(Object.keys(paths).every((path) => path.startsWith('/documented-cats'))).toBe(true);
    expect(paths['/documented-cats']!['get']!['summary']).toBe('Lists cats');
    expect((await nest.get('/second.yaml')).text).toContain('title: Cats only');
  });

  it('shows the model of @Returns()', async () => {
    if (nestStock) return;
    const { paths, components } = (await nest.get('/second-json')).body as {
      paths: Paths;
      components: { schemas: object };
    };
    expect(JSON.stringify(paths['/documented-cats/{id}']!['get']!.responses)).toContain('#/components/schemas/CatDto');
    expect(JSON.stringify(paths['/documented-cats']!['post']!.responses['201'])).toContain(
      '#/components/schemas/CatDto',
    );
    expect(Object.keys(components.schemas)).toContain('CatDto');
  });

  it('has one success status per operation, which is the status of the response', async () => {
    if (nestStock) return;
    const { paths } = (await nest.get('/second-json')).body as { paths: Paths };
    const successes = (path: string, method: string) => successesOf(paths[`/documented-cats/{id}/${path}`]![method]!);
    expect([successes('naps', 'post'), successes('meals', 'post'), successes('home', 'put')]).toEqual([
      ['200'],
      ['202'],
      ['201'],
    ]);
    for (const [path, status] of Object.entries({ naps: 200, meals: 202 })) {
      expect((await nest.post(`/documented-cats/7/${path}`)).status).toBe(status);
    }
    expect((await nest.put('/documented-cats/7/home')).status).toBe(201);
  });

  it('shows the operations of Aerie with the same success statuses as the first document', async () => {
    if (nestStock) return;
    const { paths } = (await nest.get('/whole-json')).body as { paths: Paths };
    const told = operationsOf(pathsOf(nest.document));
    expect(told.size).toBeGreaterThan(40);
    const shown = operationsOf(paths);
    for (const [key, successes] of told) expect([key, shown.get(key)]).toEqual([key, successes]);
  });

  it('is served as a Swagger UI page', async () => {
    const { status, headers, text } = await nest.get('/second');
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toContain('swagger-ui');
    expect((await nest.get('/second/swagger-ui.css')).status).toBe(200);
  });
});
