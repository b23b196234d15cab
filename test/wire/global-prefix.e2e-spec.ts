import { world } from '../support/world.js';
import { nestWith } from '../nest/client.js';

const nest = nestWith('contracts/prefix');

interface Document {
  paths: Record<string, object>;
  components: { securitySchemes: { OAuth2PasswordBearer: { flows: { password: Record<string, unknown> } } } };
}

describe('a global prefix', () => {
  it('stands before every address that an answer names', async () => {
    const { user } = await world();
    const at = user.at(`${nest.url}/v2`);
    const made = await at.post('/api/v1/posts', { title: 'T', body: 'B' });
    expect([made.status, made.headers['location']]).toEqual([201, `/v2/api/v1/posts/${made.body.id}`]);
    const list = await at.get('/api/v1/posts?limit=1');
    expect(list.headers['link']).toMatch(/^<\/v2\/api\/v1\/posts\?limit=1>; rel="first"/);
    expect((await user.at(nest.url).get('/api/v1/posts')).status).toBe(404);
    expect((await at.send('patch', '/api/v1/posts')).status).toBe(405);
  });

  it('stands in the document, where to sign in too', () => {
    const { paths, components } = nest.document as unknown as Document;
    expect(Object.keys(paths).filter((path) => !path.startsWith('/v2'))).toEqual([]);
    const { password } = components.securitySchemes.OAuth2PasswordBearer.flows;
    expect(password).toMatchObject({ tokenUrl: '/v2/auth/token', refreshUrl: '/v2/auth/token' });
  });
});

describe('middleware that a module applies to routes of Aerie', () => {
  it.each(['/items', '/items/', '/items?limit=1', '/api/v1/posts/1'])('runs before them: %s', async (path) => {
    const closed = await nest.get(`/v2${path}`);
    expect([closed.status, closed.body]).toEqual([503, { detail: 'Closed' }]);
    expect([200, 404]).toContain((await nest.get(`/v2${path}`).set('X-Key', 'open')).status);
  });

  it.each(['/', '/api/v1/posts', '/health/live'])('and not before others: %s', async (path) => {
    expect((await nest.get(`/v2${path}`)).status).toBe(200);
  });
});
