import { anon, aUser } from '../support/world.js';

const warningsOf = (app: RunningApp) => app.logs.filter(({ level }) => level === 40).map(({ msg }) => msg);

const told = (id: string, names: string) => `${id} ignores unknown query parameters: ${names}`;

describe('an unknown query parameter', () => {
  it('is ignored and, in development, logged by name but never by value', async () => {
    const app = await startApp({ env: { NODE_ENV: 'development', LOG_LEVEL: 'info' } });
    const admin = (await aUser({ role: 'admin' })).at(app.url);
    const asked = [
      '/items?serach=lamp',
      '/orders?staus=paid&pgae=2&limit=1',
      '/items/1?fields=name',
      '/users/me?password=Secret1',
      '/items?page[]=1',
      '/items?%1B%5B31m%0A=1',
    ];
    for (const path of asked) expect((await admin.get(path)).status).toBeLessThan(405);
    await admin.get('/orders?status=paid&sort=-created_at&count=true&page=1');
    await admin.get('/nowhere?what=1');
    await admin.get('/openapi.json?what=1');
    await app.stop();
    expect(warningsOf(app)).toEqual([
      told('listItems', '"serach"'),
      told('listOrders', '"staus", "pgae"'),
      told('getItem', '"fields"'),
      told('getMe', '"password"'),
      told('listItems', '"page[]"'),
      told('listItems', String.raw`"\u001b[31m\n"`),
    ]);
    expect(JSON.stringify(app.logs)).not.toMatch(/Secret1|lamp/);
  });

  it.each([
    ['/auth/sessions', 'listSessions'],
    ['/auth/access-tokens', 'listAccessTokens'],
    ['/jobs', 'listJobs'],
    ['/exports', 'listExports'],
  ])('can be `sort` if the list has no sort orders: %s', async (path, id) => {
    const app = await startApp({ env: { NODE_ENV: 'development', LOG_LEVEL: 'info' } });
    const admin = (await aUser({ role: 'admin' })).at(app.url);
    const [plain, sorted] = [await admin.get(path), await admin.get(`${path}?sort=-name&sort=;drop`)];
    await app.stop();
    expect([sorted.status, sorted.body]).toEqual([200, plain.body]);
    expect(warningsOf(app)).toEqual([told(id, '"sort"')]);
  });

  it('is ignored without a warning in production', async () => {
    const JWT_SECRET = 'Zq8vN3xW5kT1mB7rY0hJ4uE9sL6dA2cFgPiOoXw';
    const app = await startApp({ env: { NODE_ENV: 'production', LOG_LEVEL: 'info', JWT_SECRET } });
    expect((await anon.at(app.url).get('/items?serach=lamp')).status).toBe(200);
    await app.stop();
    expect(warningsOf(app)).toEqual([]);
  });
});
