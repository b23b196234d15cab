import { nestWith } from './client.js';

const nest = nestWith('params/params');
const bodyOf = async (path: string) => (await nest.get(path)).body as unknown;

describe('@Param()', () => {
  it('returns all parameters or a single parameter as strings, and undefined for an unknown name', async () => {
    expect(await bodyOf('/params/paths/7/of/cat')).toEqual({
      all: { id: '7', name: 'cat' },
      id: '7',
      none: null,
      types: ['string', 'object'],
    });
  });

  it('decodes percent-encoded values', async () => {
    expect(await bodyOf('/params/paths/a%3Fb%20c/of/%C3%BC')).toMatchObject({ all: { id: 'a?b c', name: 'ü' } });
  });

  it('does not convert values to the declared type', async () => {
    expect(await bodyOf('/params/typed/7?flag=false&at=2024')).toEqual({ id: '7', flag: 'false', at: '2024' });
  });
});

describe('@Query()', () => {
  it('returns all parameters or a single parameter, and an array for a repeated name', async () => {
    expect(await bodyOf('/params/query?name=a&name=b&other=%26+1')).toEqual({
      all: { name: ['a', 'b'], other: '& 1' },
      name: ['a', 'b'],
    });
  });

  it('returns an empty object without a query, and an empty string for a name without a value', async () => {
    expect(await bodyOf('/params/query')).toEqual({ all: {}, name: null });
    expect(await bodyOf('/params/query?name')).toEqual({ all: { name: '' }, name: '' });
  });
});

describe('@Body()', () => {
  it('returns the whole JSON body or a single field', async () => {
    const { status, body } = await nest.post('/params/body').send({ name: 'cat', legs: [4, null] });
    expect([status, body]).toEqual([200, { all: { name: 'cat', legs: [4, null] }, name: 'cat' }]);
  });

  it('returns an array unchanged', async () => {
    expect((await nest.post('/params/body').send([1, 2])).body).toEqual({ all: [1, 2], name: null });
  });

  it('returns the fields of a form', async () => {
    const { body } = await nest.post('/params/body').type('form').send('name=cat&tag=a&tag=b&deep[er]=1');
    expect(body).toEqual({ all: { name: 'cat', tag: ['a', 'b'], deep: { er: '1' } }, name: 'cat' });
  });

  it('returns undefined if there is no body', async () => {
    expect((await nest.post('/params/body')).body).toEqual({ all: null, name: null });
  });

  it('leaves the body unread if it is neither JSON nor a form', async () => {
    const { status, body } = await nest.post('/params/raw').type('text/plain').send('plain text');
    expect([status, body]).toEqual([200, { body: null, type: 'text/plain' }]);
  });

  it('rejects malformed JSON', async () => {
    const { status } = await nest.post('/params/body').type('json').send('{"name":');
    expect(status).toBe(nestStock ? 400 : 422);
  });
});

describe('@Headers(), @Ip(), @HostParam()', () => {
  it('return all headers or a single header by its case-insensitive name', async () => {
    const { body } = await nest.get('/params/headers').set('x-CUSTOM', 'value');
    expect(body).toEqual({ all: 'value', custom: 'value' });
    expect(await bodyOf('/params/headers')).toEqual({ all: null, custom: null });
  });

  it('return the address of the client, and no host parameters if the route has none', async () => {
    expect(await bodyOf('/params/ip')).toEqual({ ip: expect.stringMatching(/127\.0\.0\.1$/), hosts: {} });
  });
});

describe('@Req()', () => {
  it('returns the Express request, which is the same object as for @Request()', async () => {
    expect(await bodyOf('/params/requests/7?q=x')).toEqual({
      same: true,
      method: 'GET',
      url: '/params/requests/7?q=x',
      path: '/params/requests/7',
      id: '7',
      query: 'x',
      host: '127.0.0.1',
      accepts: 'json',
    });
  });

  it('is optional: a handler can have no parameters', async () => {
    expect((await nest.get('/params/none')).text).toBe('nothing asked');
  });
});

describe('@Res()', () => {
  it('leaves the whole response to the handler', async () => {
    const { status, headers, body } = await nest.get('/responses/sent');
    expect([status, headers['x-own'], body]).toEqual([202, 'yes', { sent: 'by hand' }]);
    expect((await nest.get('/responses/alias')).text).toBe('by hand');
  });

  it('allows a response after the handler has returned', async () => {
    expect((await nest.get('/responses/later')).text).toBe('later');
  });

  it('ignores the value that the handler returns', async () => {
    expect((await nest.get('/responses/returned')).text).toBe('the answer');
  });

  it('with passthrough sets status, headers and cookies, and leaves the body to Nest', async () => {
    const { status, headers, body } = await nest.get('/responses/passthrough');
    expect([status, headers['x-own'], body]).toEqual([203, 'yes', { left: 'to Nest' }]);
    expect(headers['set-cookie']).toEqual(['seen=1; Path=/']);
  });
});

describe('@Next()', () => {
  it('passes the request to the next handler of the path', async () => {
    expect((await nest.get('/responses/two')).text).toBe('first');
    expect((await nest.get('/responses/two?skip')).text).toBe('second');
  });

  it('turns an error into a 500 without details', async () => {
    expectServerErrors();
    const { status, body } = await nest.get('/responses/failing');
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('told to next');
  });
});
