import { world } from '../support/world.js';
import { nestWith } from '../nest/client.js';

const nest = nestWith('contracts/prefix');

interface Document {
  paths: Record<string, object>;
  components: { securitySchemes: { OAuth2PasswordBearer: { flows: { password: Record<string, unknown> } } } };
}

describe('a global prefix', () => {
  it('applies to all routes and to the URLs in response headers', async () => {
    const { user } = await world();
    const at = user.at(`${nest.url}/v2`);
    const made = await at.post('/api/v1/posts', { title: 'T', body: 'B' });
    expect([made.status, made.headers['location']]).toEqual([201, `/v2/api/v1/posts/${made.body.id}`]);
    const list = await at.get('/api/v1/posts?limit=1');
    expect(list.headers['link']).toMatch(/^<\/v2\/api\/v1\/posts\?limit=1>; rel="first"/);
    expect((await user.at(nest.url).get('/api/v1/posts')).status).toBe(404);
    expect((await at.send('patch', '/api/v1/posts')).status).toBe(405);
  });

  it('is part of all paths in the OpenAPI document and of its token URLs', () => {
    const { paths, components } = nest.document as unknown as Document;
    expect(Object.keys(paths).filter((path) => !path.startsWith('/v2'))).toEqual([]);
    const { password } = components.securitySchemes.OAuth2PasswordBearer.flows;
    expect(password).toMatchObject({ tokenUrl: '/v2/auth/token', refreshUrl: '/v2/auth/token' });
  });
});

describe('middleware that a module applies to Aerie routes', () => {
  it.each(['/items', '/items/', '/items?limit=1', '/api/v1/posts/1'])('runs before these routes: %s', async (path) => {
    const closed = await nest.get(`/v2${path}`);
    expect([closed.status, closed.body]).toEqual([503, { detail: 'Closed' }]);
    expect([200, 404]).toContain((await nest.get(`/v2${path}`).set('X-Key', 'open')).status);
  });

  it.each(['/', '/api/v1/posts', '/health/live'])('does not run before other routes: %s', async (path) => {
    expect((await nest.get(`/v2${path}`)).status).toBe(200);
  });
});
