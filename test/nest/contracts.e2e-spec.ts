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

describe('a documented route lets out what its model declares', () => {
  it.each(['accepted', 'below'])('under the status of @HttpCode: %s', async (path) => {
    expect(await ask(path)).toEqual([202, shown]);
  });

  it.each(['OPTIONS options', 'GET all', 'PUT all', 'DELETE all'])('by whatever method: %s', async (request) => {
    const [method, path] = request.split(' ') as [string, string];
    expect(await ask(path, { method })).toEqual([200, shown]);
  });

  it('what its own interceptors made of it, too', async () => {
    expect(await ask('mapped')).toEqual([200, { id: 1, name: 'Mapped' }]);
    expect(await ask('observed')).toEqual([200, shown]);
  });

  it.each(['other', 'past', 'head'])(
    'and nothing else: an answer that it does not declare is a logged 500: %s',
    async (path) => {
      expectServerErrors();
      nest.logs.splice(0);
      expect(await ask(path)).toEqual([500, { detail: 'Internal server error' }]);
      expect(nest.logs.filter(({ level }) => Number(level) >= 50)).toHaveLength(1);
    },
  );

  it('a file by its media type, a redirect, and nothing at all', async () => {
    expect(await ask('file')).toEqual([200, 'text']);
    expect((await ask('away'))[0]).toBe(307);
    expect(await ask('heads', { method: 'HEAD' })).toEqual([204, undefined]);
  });

  it('which an excluded one does not: it is plain Nest', async () => {
    expect(await ask('excluded')).toEqual([200, { anything: 'goes' }]);
  });
});

describe('a documented route takes what Nest’s decorators declare', () => {
  it('all of it in one verdict', async () => {
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

  it('as instances and numbers', async () => {
    expect(await post('of/4?part=2', '{"name": "Ren"}')).toEqual([200, { id: 42, name: 'Ren' }]);
  });

  it('with pipes of the parameter’s own', async () => {
    expect(await ask('aged')).toEqual([200, { id: 7, name: 'Tom' }]);
    expect(await ask('aged?age=9')).toEqual([200, { id: 9, name: 'Tom' }]);
    expect((await ask('aged?age=abc'))[0]).toBe(400);
  });

  it.each(['/contracts/of/:id', '/jobs/:job_id', '/auth/sessions/:session_id', '/users/:user_id'])(
    'and no template for a path: %s',
    async (path) => {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        const { status } = await fetch(nest.url + path, { method });
        expect([method, status < 500]).toEqual([method, true]);
      }
    },
  );
});
