import { expectError, expectNotFound, nestWith } from './client.js';

describe('an exception filter', () => {
  const nest = nestWith<string[]>('filters/bound');
  const answerOf = async (path: string) => {
    const { status, body } = await nest.get(path);
    return [status, body] as const;
  };

  it('catches the exceptions of its controller and can read the request', async () => {
    const path = '/filtered/controller/http';
    expect(await answerOf(path)).toEqual([404, { filter: 'http', status: 404, path, told: 'No such cat' }]);
  });

  it('catches named errors of the kernel as HttpExceptions', async () => {
    expect(await answerOf('/filtered/controller/named')).toMatchObject([
      404,
      { filter: 'http', told: 'No cat is named Tom' },
    ]);
  });

  it('leaves errors of other classes to the next filter and finally to the application', async () => {
    expect(await answerOf('/filtered/method/http')).toMatchObject([404, { filter: 'http' }]);
    expectServerErrors();
    const { status, text } = await nest.get('/filtered/controller/other');
    expect(status).toBe(500);
    expect(text).not.toContain('anything else');
  });

  it('catches the class in @Catch() and its subclasses', async () => {
    expect(await answerOf('/filtered/method/cat')).toEqual([418, { filter: 'cat', told: 'a cat' }]);
    expect(await answerOf('/filtered/method/lion')).toEqual([418, { filter: 'cat', told: 'a lion' }]);
  });

  it('catches everything if @Catch() has no arguments', async () => {
    for (const kind of ['http', 'bird', 'named', 'other'])
      expect(await answerOf(`/filtered/all/${kind}`)).toMatchObject([409, { filter: 'all' }]);
  });

  it('is used if it is the last of several matching filters on a method', async () => {
    expect(await answerOf('/filtered/order/cat')).toMatchObject([418, { filter: 'cat' }]);
    expect(await answerOf('/filtered/order/other')).toMatchObject([409, { filter: 'all' }]);
  });

  it.each(['pipe/x', 'guard', 'interceptor', 'rejected'])(
    'catches errors of pipes, guards, interceptors and promises: %s',
    async (path) => {
      expect((await nest.get(`/filtered/${path}`)).body).toMatchObject({ filter: 'http', path: `/filtered/${path}` });
    },
  );

  it('is global as APP_FILTER, with its dependencies, and with useGlobalFilters()', async () => {
    expect(await answerOf('/unfiltered/throw/bird')).toEqual([410, { filter: 'not a cat', told: 'a bird' }]);
    expect(await answerOf('/unfiltered/throw/fish')).toEqual([411, { filter: 'fish', told: 'a fish' }]);
  });

  it('does not change the responses to other errors', async () => {
    expectError(await nest.get('/unfiltered/throw/http'), 404, 'No such cat');
    expectNotFound(await nest.get('/unfiltered/nowhere'));
  });

  it('can run code before the default handling if it extends BaseExceptionFilter', async () => {
    expectError(await nest.get('/unfiltered/base'), 403, 'Not for you');
    expect(nest.probe).toEqual(['Not for you']);
  });
});

describe('a global catch-all filter', () => {
  const nest = nestWith('filters/catch-all');

  it('catches HttpExceptions, named errors of the kernel and thrown strings', async () => {
    const http = await nest.get('/everything/http');
    expect([http.status, http.body]).toEqual([403, { statusCode: 403, path: '/everything/http', told: 'Not for you' }]);
    expect((await nest.get('/everything/named')).body).toMatchObject({ told: 'No cat is named Tom' });
    expectServerErrors();
    expect((await nest.get('/everything/text')).body).toMatchObject({ statusCode: 500, told: 'nothing' });
  });

  it('catches the 404 of an unknown path', async () => {
    const { status, body } = await nest.get('/everything/unknown');
    expect([status, body]).toMatchObject([404, { statusCode: 404, path: '/everything/unknown' }]);
  });

  it('can delegate to BaseExceptionFilter', async () => {
    const { status, body } = await nest.get('/left-to-nest');
    expect(status).toBe(403);
    expect(JSON.stringify(body)).toContain('Left to Nest');
  });
});
