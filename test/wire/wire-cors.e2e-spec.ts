import request from 'supertest';

const APP = 'https://myapp.com';
const server = () => request(baseUrl);

const OTHERS = [
  'null',
  'http://myapp.com',
  'https://myapp.com:443',
  'https://myapp.com:8443',
  'https://MYAPP.com',
  'https://myapp.com/',
  'https://sub.myapp.com',
  'https://myapp.com.evil.example',
  'https://evil.example',
  'https://xmyapp.com',
  '*',
];

/** Returns the CORS headers of a response. */
function cors(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')));
}

const READABLE = {
  'access-control-allow-origin': APP,
  'access-control-allow-credentials': 'true',
  'access-control-expose-headers': expect.stringMatching(
    /^Accept-Ranges,.*,ETag,.*,X-Request-ID,X-Total-Count$/,
  ) as string,
};

describe('a request from the configured origin', () => {
  it.each([
    ['/', 200],
    ['/profile', 401],
    ['/nowhere', 404],
    ['/items/999999', 404],
    ['/items?page=x', 422],
    ['/docs', 200],
    ['//', 404],
    ['/items//1', 404],
    [`/?${'x'.repeat(9000)}`, 414],
  ])('can read the response: %s %i', async (path, status) => {
    const answer = await server().get(path).set('Origin', APP);
    expect([answer.status, cors(answer.headers)]).toEqual([status, READABLE]);
    expect(answer.headers['vary']).toMatch(/\bOrigin\b/);
  });

  it('can also read the errors for rejected bodies and methods', async () => {
    const answers = [
      await server()
        .post('/users')
        .set('Origin', APP)
        .send({ a: 'x'.repeat(100_000) }),
      await server().post('/users').set('Origin', APP).type('text/plain').send('a'),
      await server().delete('/').set('Origin', APP),
    ];
    expect(answers.map(({ status }) => status)).toEqual([413, 415, 405]);
    for (const { headers } of answers) expect(cors(headers)).toEqual(READABLE);
  });
});

describe('a request from any other origin', () => {
  it.each(OTHERS)('is served, but its response cannot be read: %s', async (origin) => {
    const answer = await server().get('/').set('Origin', origin);
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    expect(answer.headers['vary']).toMatch(/\bOrigin\b/);
  });

  it('is handled the same way if it has no Origin header', async () => {
    const { headers } = await server().get('/');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(headers['vary']).toMatch(/\bOrigin\b/);
  });
});

const preflight = (path: string, origin: string, method: string) =>
  server().options(path).set({ Origin: origin, 'Access-Control-Request-Method': method });

describe('a preflight', () => {
  it.each(['/users', '/users/1', '/nowhere', '/docs'])('is answered on any path: %s', async (path) => {
    const answer = await preflight(path, APP, 'PUT').set(
      'Access-Control-Request-Headers',
      'authorization,content-type',
    );
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'authorization,content-type',
      'access-control-max-age': '600',
    });
    expect(answer.headers['vary']).toMatch(/\bOrigin\b/);
    expect(answer.headers).toHaveProperty('x-request-id');
  });

  it('allows every method that the API uses', async () => {
    const { headers } = await preflight('/users/1', APP, 'DELETE');
    const allowed = headers['access-control-allow-methods']!.split(',');
    expect(allowed).toEqual(expect.arrayContaining(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']));
  });

  it.each(OTHERS)('is refused for the origin %s', async (origin) => {
    const { headers } = await preflight('/users/1', origin, 'DELETE');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('requires both headers; otherwise OPTIONS is handled like any other method', async () => {
    const answers = [
      await server().options('/items'),
      await server().options('/items').set('Origin', APP),
      await server().options('/items').set('Access-Control-Request-Method', 'PUT'),
    ];
    for (const { status, headers } of answers) expect([status, headers['allow']]).toEqual([405, 'GET, HEAD, POST']);
    expect((await server().options('/nowhere').set('Origin', APP)).status).toBe(404);
  });
});

describe('an OPTIONS request that is not a preflight', () => {
  it.each(['/items', '/users/1', '/nowhere', '/docs', '/items/x', '//'])(
    'has the same CORS headers as any other response: %s',
    async (path) => {
      const [answer, got] = [
        await server().options(path).set('Origin', APP),
        await server().get(path).set('Origin', APP),
      ];
      expect(answer.status).toBeGreaterThanOrEqual(400);
      for (const { headers } of [answer, got]) expect(cors(headers)).toEqual(READABLE);
      expect(answer.headers['vary']).toMatch(/\bOrigin\b/);
    },
  );

  it('cannot be read by other origins', async () => {
    for (const origin of OTHERS) {
      const { headers } = await server().options('/items').set('Origin', origin);
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });
});

describe('CORS_ORIGINS', () => {
  it('allows no origin if it is empty', async () => {
    const app = await startApp({ env: { CORS_ORIGINS: '' } });
    const answer = await request(app.url).get('/').set('Origin', APP);
    expect([answer.status, cors(answer.headers), answer.headers['vary']]).toEqual([200, {}, 'Origin']);
    const preflight = await request(app.url).options('/').set({ Origin: APP, 'Access-Control-Request-Method': 'GET' });
    expect([preflight.status, cors(preflight.headers)]).toEqual([405, {}]);
    await app.stop();
  });

  it('may contain several origins', async () => {
    const app = await startApp({ env: { CORS_ORIGINS: `${APP},http://localhost:3000` } });
    for (const origin of [APP, 'http://localhost:3000']) {
      expect((await request(app.url).get('/').set('Origin', origin)).headers['access-control-allow-origin']).toBe(
        origin,
      );
    }
    await app.stop();
  });
});
