import request from 'supertest';
import { raw, request as rawRequest } from '../support/raw.js';

describe('in production', () => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await startApp({ env: { NODE_ENV: 'production', DOCS_ENABLED: '' } });
  });

  afterAll(() => app.stop());

  it.each(['/', '/nowhere', '/profile', '/items?page=x'])(
    'the Strict-Transport-Security header is sent: %s',
    async (path) => {
      const { headers } = await request(app.url).get(path);
      expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
    },
  );

  it.each([
    ['a wrong method', 405, rawRequest('DELETE /')],
    ['a target with a fragment', 400, rawRequest('GET /#a')],
    ['a message that is not HTTP', 400, 'nonsense\r\n\r\n'],
    ['headers that are too large', 431, rawRequest('GET /', { 'X-Long': 'x'.repeat(20_000) })],
    ['a URL that is too long', 414, rawRequest(`GET /${'x'.repeat(9000)}`)],
  ])('the Strict-Transport-Security header is sent in the response to %s', async (_, status, bytes) => {
    const answer = await raw(bytes, 400, app.url);
    expect(answer.status).toBe(status);
    expect(answer.headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
  });

  it.each(['/docs', '/redoc', '/openapi.json', '/docs/oauth2-redirect'])(
    'the documentation is not served: %s',
    async (path) => {
      const answer = await request(app.url).get(path);
      expect([answer.status, answer.body]).toEqual([404, { detail: 'Not Found' }]);
      expect((await request(app.url).post(path)).status).toBe(404);
    },
  );

  it('everything else is served', async () => {
    expect((await request(app.url).get('/items')).status).toBe(200);
    expect((await request(app.url).get('/health/ready')).status).toBe(200);
  });
});

describe('with DOCS_ENABLED=false', () => {
  it('the documentation is not served outside production either', async () => {
    const app = await startApp({ env: { DOCS_ENABLED: 'false' } });
    for (const path of ['/docs', '/openapi.json']) expect((await request(app.url).get(path)).status).toBe(404);
    await app.stop();
  });
});
