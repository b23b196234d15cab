import { expectError, nestWith } from './client.js';

const nest = nestWith('answers/answers');
const get = (path: string) => nest.get(path);

const json = (value: unknown) => [200, 'application/json; charset=utf-8', JSON.stringify(value)];
const html = (text: string) => [200, 'text/html; charset=utf-8', text];
const nothing = [200, undefined, ''];

async function resultOf(name: string) {
  const { status, text, headers } = await get(`/answers/results/${name}`);
  return [status, headers['content-type'], text];
}

async function redirectOf(path: string) {
  const { status, headers } = await get(`/redirects/${path}`).redirects(0);
  return [status, headers['location']];
}

describe('the value that a handler returns', () => {
  it.each([
    ['object', json({ a: 1, at: '1970-01-01T00:00:00.000Z', deep: { list: [1, null] } })],
    ['list', json([1, 'two', { three: 3 }])],
    ['promise', json({ promised: true })],
    ['observable', json({ observed: true })],
    ['json', json({ by: 'toJSON' })],
    ['text', html('a text')],
    ['last', html('last')],
    ['nested', html('of a promise')],
    ['number', html('42')],
    ['zero', html('0')],
    ['true', html('true')],
    ['false', html('false')],
    ['empty', html('')],
    ['null', nothing],
    ['undefined', nothing],
  ])('is sent with the content type and body that Nest uses: %s', async (name, expected) => {
    expect(await resultOf(name)).toEqual(expected);
  });

  it('has its length in bytes in Content-Length', async () => {
    expect((await get('/answers/results/text')).headers['content-length']).toBe('6');
  });
});

describe('an HttpException from a handler', () => {
  it.each([
    ['thrown', 'Thrown'],
    ['rejected', 'Rejected'],
    ['observed', 'Observed'],
    ['later', 'Later'],
  ])('results in an error response, whether thrown, rejected or emitted: %s', async (name, message) => {
    expectError(await get(`/answers/failures/${name}`), 404, message);
  });
});

describe('the response status', () => {
  it('is 201 for POST, unless @HttpCode() sets another status', async () => {
    expect((await nest.post('/answers/created')).status).toBe(201);
    expect((await nest.post('/answers/results/object')).status).toBe(201);
    const { status, body } = await nest.post('/answers/accepted');
    expect([status, body]).toEqual([202, { accepted: true }]);
  });

  it('204 has no body', async () => {
    const { status, text } = await get('/answers/nothing');
    expect([status, text]).toEqual([204, '']);
  });
});

describe('@Header()', () => {
  it('sets headers, including headers that the application sets by default', async () => {
    const { headers } = await get('/answers/headers');
    expect(headers).toMatchObject({ 'cache-control': 'public, max-age=60', 'x-one': '1', 'x-computed': 'computed' });
  });

  it('sets the content type of a string', async () => {
    const { headers, text } = await get('/answers/typed');
    expect([headers['content-type'], text]).toEqual(['text/csv; charset=utf-8', 'a;b\n']);
  });
});

describe('@Redirect()', () => {
  it('redirects to its URL with status 302 or the given status', async () => {
    expect(await redirectOf('found')).toEqual([302, '/answers/results/text']);
    expect(await redirectOf('moved')).toEqual([301, 'https://docs.nestjs.com']);
  });

  it('redirects to the URL and with the status that the handler returns', async () => {
    expect(await redirectOf('dynamic')).toEqual([302, 'https://docs.nestjs.com']);
    expect(await redirectOf('dynamic?version=5')).toEqual([307, 'https://docs.nestjs.com/v5/']);
    expect(await redirectOf('only-code')).toEqual([303, '/elsewhere']);
  });

  it('does not redirect if the handler throws', async () => {
    expectError(await get('/redirects/failing'), 404, 'Nowhere to go');
  });
});
