import { aUser, anon, type Actor } from '../support/world.js';

interface Operation {
  readonly description: string;
  readonly security?: object[];
}

const { paths } = JSON.parse(openapi) as { paths: Record<string, Record<string, Operation>> };

/** Every operation of the served document, with a URL path that matches its template. */
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { description, security }]) => ({
    name: `${method.toUpperCase()} ${path}`,
    method: method as 'get',
    path: path.replaceAll(/\{\w+\}/g, '0'),
    description,
    security,
  })),
);
const secured = operations.filter(({ security }) => security !== undefined);
const open = operations.filter(({ security }) => security === undefined);
const forRoles = operations.filter(({ description }) => /\*\*Access:\*\* users with the role /.test(description));

describe('an operation with `security` in the OpenAPI document', () => {
  it.each(secured)('rejects anonymous callers: $name', async ({ method, path }) => {
    const answer = await anon.send(method, path);
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.body).toEqual({ detail: 'Not authenticated' });
  });

  it.each(secured)('rejects an invalid token: $name', async ({ method, path }) => {
    const answer = await anon.send(method, path).set('Authorization', 'Bearer x');
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ detail: 'Could not validate credentials' });
  });
});

describe('an operation without `security` in the OpenAPI document', () => {
  it.each(open)('requires no token: $name', async ({ method, path }) => {
    expect((await anon.send(method, path)).status).not.toBe(401);
  });

  it('is in the list of public operations', () => {
    expect(open.map(({ name }) => name).toSorted()).toEqual([
      'GET /',
      'GET /api/v1/posts',
      'GET /api/v1/posts/{post_id}',
      'GET /health/live',
      'GET /health/ready',
      'GET /items',
      'GET /items/{item_id}',
      'GET /users/{user_id}/posts',
      'GET /users/{user_id}/posts/{post_id}',
      'POST /auth/email/verify',
      'POST /auth/password/forgot',
      'POST /auth/password/reset',
      'POST /auth/refresh',
      'POST /auth/token',
      'POST /users',
      'POST /users/preview',
    ]);
  });
});

describe('an operation that requires a role', () => {
  let user: Actor;
  let admin: Actor;

  beforeAll(async () => {
    [user, admin] = await Promise.all([aUser(), aUser({ role: 'admin' })]);
  });

  it('is recognized by its description', () => {
    expect(forRoles.map(({ name }) => name)).toEqual(expect.arrayContaining(['GET /users', 'POST /items']));
  });

  it.each(forRoles)('rejects users without the role: $name', async ({ method, path }) => {
    const answer = await user.send(method, path);
    expect(answer.status).toBe(403);
    expect(answer.body).toEqual({ detail: 'Not enough permissions' });
  });

  it.each(forRoles)('allows an admin: $name', async ({ method, path }) => {
    expect([401, 403]).not.toContain((await admin.send(method, path)).status);
  });
});
