import { nestWith } from './client.js';

const nest = nestWith('contracts/contracts');
const shown = { id: 1, name: 'Tom' };

async function ask(path: string, init: RequestInit = {}): Promise<[number, unknown]> {
  const answer = await fetch(`${nest.url}/contracts/${path}`, { redirect: 'manual', ...init });
  const text = await answer.text();
  expect(text).not.toContain('secret');
  return [
    answer.status,
    text === '' ? undefined : answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text,
  ];
}

const post = (path: string, body: string) =>
  ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });

describe('the response of a documented route', () => {
  it.each(['accepted', 'below'])(
    'contains only the fields of its model, with the status of @HttpCode(): %s',
    async (path) => {
      expect(await ask(path)).toEqual([202, shown]);
    },
  );

  it.each(['OPTIONS options', 'GET all', 'PUT all', 'DELETE all'])(
    'contains only the fields of its model for every method: %s',
    async (request) => {
      const [method, path] = request.split(' ') as [string, string];
      expect(await ask(path, { method })).toEqual([200, shown]);
    },
  );

  it('contains only the fields of its model after interceptors and from an Observable', async () => {
    expect(await ask('mapped')).toEqual([200, { id: 1, name: 'Mapped' }]);
    expect(await ask('observed')).toEqual([200, shown]);
  });

  it.each(['other', 'past', 'head'])(
    'is a logged 500 if the handler sends an undeclared response: %s',
    async (path) => {
      expectServerErrors();
      nest.logs.splice(0);
      expect(await ask(path)).toEqual([500, { detail: 'Internal server error' }]);
      expect(nest.logs.filter(({ level }) => Number(level) >= 50)).toHaveLength(1);
    },
  );

  it('can be a file of the declared media type, a redirect or empty', async () => {
    expect(await ask('file')).toEqual([200, 'text']);
    expect((await ask('away'))[0]).toBe(307);
    expect(await ask('heads', { method: 'HEAD' })).toEqual([204, undefined]);
  });

  it.each(['*/*', 'application/json', 'text/html', 'image/png'])(
    'is a redirect, whatever the client accepts: %s',
    async (accepted) => {
      const redirect = async (path: string) => {
        const init = { redirect: 'manual', headers: { Accept: accepted } } as const;
        const answer = await fetch(`${nest.url}/contracts/${path}`, init);
        return [answer.status, answer.headers.get('location'), await answer.text()];
      };
      const text = accepted === 'text/html' ? /<p>/ : accepted === '*/*' ? /^\w/ : /^$/;
      expect(await redirect('away')).toEqual([307, '/contracts/accepted', expect.stringMatching(text)]);
      expect(await redirect('moving')).toEqual([302, '/contracts/accepted', expect.stringMatching(text)]);
      expect(await redirect('moving?url=/there')).toEqual([301, '/there', expect.stringMatching(text)]);
    },
  );

  it('is not filtered if the route is excluded from the document', async () => {
    expect(await ask('excluded')).toEqual([200, { anything: 'goes' }]);
  });
});

describe('the input of a documented route', () => {
  it('is validated as a whole: one 422 lists the errors of path, query and body', async () => {
    const [status, body] = await post('of/x?part=99', '{"name": 5}');
    const { detail } = body as { detail: { loc: unknown[] }[] };
    expect([status, detail.map(({ loc }) => loc)]).toEqual([
      422,
      [
        ['path', 'id'],
        ['query', 'part'],
        ['body', 'name'],
      ],
    ]);
  });

  it('is converted to numbers if numbers are declared', async () => {
    expect(await post('of/4?part=2', '{"name": "Ren"}')).toEqual([200, { id: 42, name: 'Ren' }]);
  });

  it('is processed by the pipes of its parameter', async () => {
    expect(await ask('aged')).toEqual([200, { id: 7, name: 'Tom' }]);
    expect(await ask('aged?age=9')).toEqual([200, { id: 9, name: 'Tom' }]);
    expect((await ask('aged?age=abc'))[0]).toBe(400);
  });

  it('is converted before a DefaultValuePipe replaces a missing value', async () => {
    expect(await ask('defaults')).toEqual([200, { id: 1, name: 'Tom boolean true' }]);
    const sent = 'defaults?page=3&active=false&name=Ren';
    expect(await ask(sent)).toEqual([200, { id: 3, name: 'Ren boolean false' }]);
    expect((await ask('defaults?page=x'))[0]).toBe(422);
    expect(await ask('part')).toEqual([200, { id: 5, name: 'Tom' }]);
    expect(await ask('part/8')).toEqual([200, { id: 8, name: 'Tom' }]);
    expect((await ask('part/x'))[0]).toBe(422);
  });

  it('is optional in the document if a DefaultValuePipe replaces it', () => {
    type Documented = { parameters: { name: string; in: string; required: boolean }[] };
    const paths = nest.document.paths as Record<string, { get: Documented }>;
    const optional = (path: string) =>
      paths[`/contracts/${path}`]!.get.parameters.filter((one) => one.in === 'query' && !one.required);
    expect(optional('defaults').map(({ name }) => name)).toEqual(['page', 'active', 'name']);
    expect(optional('aged').map(({ name }) => name)).toEqual(['age']);
  });

  it.each(['/contracts/of/:id', '/jobs/:job_id', '/auth/sessions/:session_id', '/users/:user_id'])(
    'causes no server error if the path is a route template: %s',
    async (path) => {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        const { status } = await fetch(nest.url + path, { method });
        expect([method, status < 500]).toEqual([method, true]);
      }
    },
  );
});

describe('documented routes with several paths or the same handler name', () => {
  const aliases = nestWith('contracts/aliases');
  const told = async (path: string) => (await aliases.get(path)).body as unknown;

  it.each(['/aliases/a/7', '/aliases/b/7', '/others/a/7', '/others/b/7'])('respond at each path: %s', async (path) => {
    expect(await told(path)).toEqual({ at: '7' });
  });

  it('are separate operations with unique ids in the document', () => {
    const paths = aliases.document.paths as Record<string, Record<string, { operationId: string }>>;
    for (const path of ['/aliases/a/{x}', '/aliases/b/{x}', '/others/a/{x}', '/others/b/{x}', '/others/n']) {
      expect([path, paths[path]?.['get']]).toEqual([path, expect.objectContaining({ summary: expect.any(String) })]);
    }
    const ids = Object.values(paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId));
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    expect(ids.filter((id) => id.startsWith('alias') || id.startsWith('shown'))).toEqual(
      expect.arrayContaining(['alias', 'shownFirst', 'shownSecond']),
    );
  });

  it('respond in each controller that inherits the handler', async () => {
    expect(await told('/first/shown')).toEqual({ at: 'FirstController' });
    expect(await told('/second/shown')).toEqual({ at: 'SecondController' });
  });

  it('accept optional query parameters', async () => {
    expect(await told('/aliases/optional?must=x')).toEqual({ at: 'x undefined 5' });
    expect(await told('/aliases/optional?must=x&q=y&n=7')).toEqual({ at: 'x y 7' });
    expect((await aliases.get('/aliases/optional')).status).toBe(422);
    expect((await aliases.get('/aliases/optional?must=x&n=z')).status).toBe(422);
  });
});

/** Returns the lines of the start error, one for each wrong declaration in the feature. */
async function refusalOf(feature: string): Promise<string[]> {
  const error: unknown = await startNest(feature).catch((thrown: unknown) => thrown);
  return (error as Error).message.split('\n');
}

describe('the application does not start with a documented route', () => {
  let refusals: Promise<string[]> | undefined;

  it.each([
    ['id2', /have the same operation id, sameId: .*operationId/],
    ['bodies', /body.*twice.*one DTO/],
    ['optionalBodies', /body.*twice.*one DTO/],
    ['queries', /query.*twice.*one DTO/],
    ['twice', /@Query\('n'\).*twice/],
    ['date', /@Query\('d'\).*Date.*pipe/],
    ['nested', /@Query\('f'\).*pipe/],
    ['flag', /@Param\('b'\).*Boolean.*ParseBoolPipe/],
    ['counted', /@Headers\('x-n'\).*Number.*string/],
    ['headed', /@Headers\(\).*Dto/],
    ['schema', /schema.*nothing reads.*StandardSchemaValidationPipe/],
    ['unnamed', /DTO class.*beside its schema/],
    ['events', /@Sse.*@ApiExcludeEndpoint/],
    ['created', /201.*200.*@Returns/],
    ['answered', /202.*201.*@Returns/],
    ['grouped', /@SerializeOptions.*groups.*Member\.salary.*class/],
    ['redirected', /redirects.*@ReturnsNothing/],
  ])('that is declared incorrectly, and the error states the remedy: %s', async (handler, remedy) => {
    const lines = await (refusals ??= refusalOf('contracts/refused'));
    expect(lines.filter((line) => line.startsWith(`RefusedController.${handler} `))).toEqual([
      expect.stringMatching(remedy),
    ]);
  });

  it.each([
    ['UnionModel.either', /@ApiProperty/],
    ['AnyModel.anything', /@ApiProperty/],
    ['FloatModel.share', /float/],
    ['FloatsModel.shares', /double/],
  ])('whose response model is declared incorrectly, and the error reports this once: %s', async (field, remedy) => {
    const lines = await (refusals ??= refusalOf('contracts/refused'));
    expect(lines.filter((line) => line.startsWith(`${field} `))).toEqual([expect.stringMatching(remedy)]);
  });

  it('that has several kinds of mistakes, and the error reports each mistake once', async () => {
    const lines = await refusalOf('contracts/mistakes');
    const entity =
      'an entity, which cannot be a response model: declare a class with the public fields in a *.dto.ts file';
    expect(lines.toSorted()).toEqual([
      'BadField.share is a number in the format float, but numbers are serialized as integers: remove the format, or use a string for fractions',
      "BareInput has no decorated fields: add class-validator's decorators to them",
      `HoldsEntity contains User, ${entity}`,
      'MistakesController.bare has no description: add a doc-comment of at least one sentence',
      `MistakesController.entities returns User, ${entity}, and pass it to @Returns`,
      `MistakesController.entity returns User, ${entity}, and pass it to @Returns`,
      "MistakesController.ghost takes @Param('nowhere'), but its path has no such parameter: add :nowhere to the path, or correct the name",
      'MistakesController.patch has no access rule: declare who may call MistakesController.patch (@Public, @SignedIn, @Roles)',
      'MistakesController.rendered renders a view (@Render), which bypasses its response model: use @ReturnsMedia, or @ApiExcludeEndpoint for plain Nest',
      'OrderWithUser.user contains rows of a relation of Order, whose version does not change with them, so the entity tag would be wrong: remove the property, give it a separate route, or remove @Versioned(Order)',
    ]);
  });

  it('that declares a path parameter missing from its path', async () => {
    expect(await refusalOf('contracts/ghost')).toEqual([
      expect.stringMatching(/^GhostController\.seen .*@Param\('ghost'\).*:ghost/),
    ]);
  });
});
