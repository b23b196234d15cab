import { expectError, nestWith } from './client.js';

describe('a pipeline with global request-scoped enhancers', () => {
  const nest = nestWith<string[]>('idioms/enhancers');
  beforeEach(() => nest.probe.splice(0));

  it('runs the enhancers in the documented order', async () => {
    expect((await nest.get('/enhanced/7')).body).toEqual({ id: '7' });
    expect(nest.probe).toEqual(['middleware', 'guard', 'interceptor in', 'pipe', 'handler', 'interceptor out']);
  });

  it('runs the exception filter last if the handler throws', async () => {
    expect((await nest.get('/enhanced/unknown')).body).toEqual({ caught: 'unknown' });
    expect(nest.probe).toEqual(['middleware', 'guard', 'interceptor in', 'pipe', 'handler', 'filter']);
    expectError(await nest.get('/stored').set('x-refused', 'yes'), nestStock ? 404 : 405, /./);
    expectError(await nest.post('/stored').set('x-refused', 'yes'), 403, 'Forbidden resource');
  });

  it('keeps the AsyncLocalStorage context of a middleware in guards, handlers and interceptors', async () => {
    const answers = await Promise.all(['a', 'b', 'c'].map((user) => nest.post('/stored').set('x-user', user)));
    expect(answers.map(({ body }) => body as unknown)).toEqual(['a', 'b', 'c'].map((name) => ({ name, after: name })));
  });

  it('converts a rejected promise of a middleware to an error response', async () => {
    expectError(await nest.get('/rejecting'), 404, 'The cat of the middleware is missing');
  });

  it('continues to serve requests if a handler throws after its response was sent', async () => {
    expect((await nest.get('/after/sent')).text).toBe('sent');
    expect((await nest.get('/after/alive')).text).toBe('alive');
  });
});

describe('controllers', () => {
  const nest = nestWith('idioms/inherited');
  const bodyOf = async (path: string) => (await nest.get(path)).body as unknown;

  it('can inherit and override handlers', async () => {
    expect(await bodyOf('/inherited/cats')).toEqual({ kind: 'cats', path: 'all' });
    expect(await bodyOf('/inherited/cats/7')).toEqual({ kind: 'cats', id: '7' });
    expect(await bodyOf('/inherited/dogs/7')).toEqual({ kind: 'dogs', id: 'dog 7' });
    expect((await nest.delete('/inherited/dogs/7')).status).toBe(204);
  });

  it('can be created by functions', async () => {
    expect(await bodyOf('/made/fish')).toEqual({ kind: 'fish' });
    expect(await bodyOf('/made/frogs')).toEqual({ kind: 'frogs' });
  });

  it('respond on all routes that "nest generate resource" generates', async () => {
    expect((await nest.get('/birds')).text).toBe('This action returns all birds');
    expect((await nest.get('/birds/7')).text).toBe('This action returns a #7 bird');
    const created = await nest.post('/birds').send({ name: 'Tweety' });
    expect([created.status, created.text]).toEqual([201, 'This action adds a new bird']);
    expect((await nest.patch('/birds/7').send({})).text).toBe('This action updates a #7 bird');
    expect((await nest.delete('/birds/7')).text).toBe('This action removes a #7 bird');
  });
});

describe('the Express response', () => {
  const nest = nestWith('idioms/express-response');
  const get = (path: string) => nest.get(`/express-response/${path}`);

  it('sends a status, a redirect or the format that the client accepts', async () => {
    const { status, text } = await get('status');
    expect([status, text]).toEqual([202, 'Accepted']);
    const redirected = await get('redirect').redirects(0);
    expect([redirected.status, redirected.headers['location']]).toEqual([303, '/elsewhere']);
    expect((await get('formats').set('Accept', 'text/html')).text).toBe('<p>html</p>');
    expect((await get('formats').set('Accept', 'application/json')).body).toEqual({ format: 'json' });
    expect((await get('formats').set('Accept', 'image/png')).status).toBe(406);
  });

  it('appends to headers and sets links, location and content type', async () => {
    const { headers, text } = await get('appended');
    expect(headers).toMatchObject({
      'set-cookie': ['a=1', 'b=2'],
      vary: expect.stringContaining('X-Kind'),
      link: '</next>; rel="next"',
      location: '/there',
      'content-type': expect.stringMatching(/^application\/vnd\.cat\+json/),
    });
    expect(JSON.parse(text)).toEqual({ seen: true });
  });

  it('sends files as downloads', async () => {
    const { headers, body } = await get('download');
    expect(headers['content-disposition']).toBe('attachment; filename=cat.txt');
    expect(String(body)).toContain('class ExpressResponseController');
  });

  it('can be written in parts and after flushHeaders()', async () => {
    const { status, headers, text } = await get('written');
    expect([status, headers['x-written'], text]).toEqual([201, 'yes', 'in parts']);
    const early = await get('early');
    expect([early.headers['x-early'], early.text]).toEqual(['yes', 'after its head']);
  });
});
