import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { aUser, type Actor } from '../support/world.js';

const run = promisify(execFile);

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Asked = readonly [method: string, path: string, body?: object];
interface Replaced {
  readonly file: string;
  readonly token: string;
  readonly value: object;
}

/** Starts a module alone and returns its responses. `replaced` is a provider whose methods return the given values. */
async function alone(file: string, name: string, requests: readonly Asked[], replaced?: Replaced): Promise<Answer[]> {
  const program = join(process.cwd(), 'test/sources/module-alone.mjs');
  const args = [program, databaseUrl, file, name, JSON.stringify(requests)];
  const { stdout } = await run(process.execPath, replaced ? [...args, JSON.stringify(replaced)] : args);
  const said = JSON.parse(stdout) as { answers?: Answer[]; refused?: string };
  if (said.answers === undefined) throw new Error(said.refused);
  return said.answers;
}

let author: Actor;

beforeAll(async () => {
  author = await aUser();
  await author.post('/api/v1/posts', { title: 'Alone', body: 'Yes' });
});

describe('a module that is started alone', () => {
  it('validates and serves requests, and returns what its models declare', async () => {
    const [list, bad, missing, unsigned] = await alone('posts/posts.module.js', 'PostsModule', [
      ['GET', '/api/v1/posts?limit=1'],
      ['GET', '/api/v1/posts?page=x'],
      ['GET', '/api/v1/posts/2147483647'],
      ['POST', '/api/v1/posts', { title: 'T', body: 'B' }],
    ]);
    expect([list!.status, JSON.parse(list!.body)]).toMatchObject([200, [{ title: 'Alone', user_id: author.id }]]);
    expect(list!.headers['link']).toContain('rel="first"');
    expect(list!.headers['x-process-time']).toMatch(/^\d+\.\d{6}$/);
    expect([bad!.status, JSON.parse(bad!.body)]).toMatchObject([422, { detail: [{ loc: ['query', 'page'] }] }]);
    expect([missing!.status, missing!.body]).toEqual([404, '{"detail":"Post not found"}']);
    expect([unsigned!.status, unsigned!.body]).toEqual([401, '{"detail":"Not authenticated"}']);
  });

  it('applies the declared model to the result of a replaced provider', async () => {
    const post = { id: 7, user_id: 1, title: 'Fake', body: 'B', created_at: null, version: 3, password_hash: 'secret' };
    const replaced = { file: 'posts/posts.service.js', token: 'PostsService', value: { get: post } };
    const [broken] = await alone('posts/posts.module.js', 'PostsModule', [['GET', '/api/v1/posts/7']], replaced);
    expect([broken!.status, broken!.body]).toEqual([500, '{"detail":"Internal server error"}']);
    const value = { list: { rows: [], info: { skip: 0, limit: 10 } } };
    const items = { file: 'items/items.service.js', token: 'ItemsService', value };
    const [list] = await alone('items/items.module.js', 'ItemsModule', [['GET', '/items']], items);
    expect([list!.status, list!.body]).toEqual([200, '{"pagination":{"skip":0,"limit":10},"items":[]}']);
  });

  it.each([
    ['orders/orders.module.js', 'OrdersModule', '/orders'],
    ['audit/audit.module.js', 'AuditModule', '/audit'],
    ['jobs/jobs.module.js', 'JobsModule', '/jobs'],
    ['exports/exports.module.js', 'ExportsModule', '/exports'],
    ['dashboard/dashboard.module.js', 'DashboardModule', '/dashboard?user_id=1'],
    ['users/users.module.js', 'UsersModule', '/users/me'],
    ['accounts/accounts.module.js', 'AccountsModule', '/users/me/password'],
  ])('refuses anonymous callers: %s', async (file, name, path) => {
    const method = path.endsWith('password') ? 'PUT' : 'GET';
    const [answer] = await alone(file, name, [[method, path]]);
    expect([answer!.status, answer!.body]).toEqual([401, '{"detail":"Not authenticated"}']);
  });
});
