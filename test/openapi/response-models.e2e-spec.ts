import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { query } from '../support/database.js';
import { anItem, anOrder } from '../support/factories.js';
import { type Actor, aUser, world } from '../support/world.js';

const INTERNAL = '{"detail":"Internal server error"}';
const PROGRAM = join(process.cwd(), 'test/openapi/odd-routes.mjs');

interface Outcome {
  readonly answers: Record<string, { status: number; text: string; id: string }>;
  readonly logs: Record<string, unknown>[];
  /** The reason why the application did not start. */
  readonly refused?: string;
}

async function startWith(
  controllers: 'models' | 'undeclared' | 'twice' | 'unguarded' | 'undescribed',
): Promise<Outcome> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, controllers, databaseUrl]);
  return JSON.parse(stdout) as Outcome;
}

describe('a declared model', () => {
  const GOOD = '{"id":1,"name":null,"born":"1970-01-01T00:00:00.000Z","homes":[{"city":"Ulm"}]}';
  let outcome: Outcome;

  beforeAll(async () => {
    outcome = await startWith('models');
  });

  it.each([
    ['oddGood', 200, GOOD],
    ['oddMore', 200, GOOD],
    ['oddList', 200, `[${GOOD}]`],
    ['oddEmpty', 204, ''],
  ])('limits the response to its fields: %s', (name, status, text) => {
    expect(outcome.answers[name]).toMatchObject({ status, text });
  });

  it.each([
    ['oddMissing', 'The response.born should be a date, but is undefined'],
    ['oddWrong', 'The response.id should be an integer, but is string'],
    ['oddNull', 'The response.homes should be a list, but is null'],
    ['oddDeep', 'The response.homes[1].city should be a string, but is number'],
    ['oddNothing', 'The response should be an object, but is undefined'],
    ['oddListOfWrong', 'The response[1].id should be an integer, but is number'],
    ['oddOne', 'The response should be a list, but is object'],
  ])('that the result does not match causes a logged 500: %s', (name, message) => {
    const { status, text, id } = outcome.answers[name]!;
    expect([status, text]).toEqual([500, INTERNAL]);
    const lines = outcome.logs.filter(({ request_id }) => request_id === id);
    expect(lines).toMatchObject([
      {
        level: 50,
        msg: `GET /odd/${name} failed`,
        err: { type: 'ResponseModelError', message: `${message}, as the handler or an interceptor returned it` },
      },
      { level: 30, msg: 'request', status: 500 },
    ]);
  });

  it('keeps all other data out of the responses and the log', () => {
    expect(JSON.stringify(outcome)).not.toContain('this must not leave');
  });
});

describe('the application does not start', () => {
  it.each([
    ['undeclared', 'declares no response: add @Returns'],
    ['twice', 'have the same operation id, oddRoute'],
    ['unguarded', 'declare who may call Odd.oddRoute (@Public, @SignedIn, @Roles)'],
    ['undescribed', 'Odd.oddRoute has no description: add a doc-comment of at least one sentence'],
  ] as const)('with an invalid route: %s', async (controllers, why) => {
    expect((await startWith(controllers)).refused).toContain(why);
  });
});

describe('a row that does not match its model', () => {
  let admin: Actor;
  let broken: Actor;

  beforeAll(async () => {
    ({ admin, user: broken } = await world());
    await query(`update users set role = 'root', bio = 'kept to himself' where id = $1`, [broken.id]);
  });

  it('causes a logged 500 without details in the response', async () => {
    expectServerErrors();
    const answer = await admin.get(`/users/${broken.id}`);
    expect([answer.status, answer.text]).toEqual([500, INTERNAL]);
    const id = answer.headers['x-request-id'];
    expect(logs.filter(({ request_id }) => request_id === id)).toMatchObject([
      {
        level: 50,
        msg: 'GET /users/:user_id failed',
        err: {
          message:
            'The response.role should be one of "admin", "user", but is string, as the handler or an interceptor returned it',
        },
      },
      { status: 500, user_id: admin.id },
    ]);
  });

  it('fails the lists that contain it, but no other response', async () => {
    expectServerErrors();
    expect((await admin.get('/users?limit=100')).status).toBe(500);
    expect((await admin.get(`/users/${admin.id}`)).status).toBe(200);
  });

  it('is not quoted in the log', () => {
    expect(JSON.stringify(logs)).not.toMatch(/kept to himself|argon2|"root"/);
  });
});

describe('a response', () => {
  it('contains no stored columns that are not declared', async () => {
    const { admin, user } = await world();
    await query(`update users set password_hash = '$argon2id$private', is_active = true where id = $1`, [user.id]);
    const order = await anOrder({ user_id: user.id, item_id: (await anItem()).id });
    const paths = [
      '/users/me',
      '/profile',
      `/users/${user.id}`,
      '/orders',
      `/orders/${order.id}`,
      `/dashboard?user_id=${user.id}`,
    ];
    for (const path of paths) {
      const answer = await user.get(path);
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.text).not.toMatch(/password|argon2|is_active|session|generation/);
    }
    expect((await admin.get('/users?search=private')).text).not.toContain('private');
  });

  it('has its fields in the order of declaration, the base class first', async () => {
    const user = await aUser();
    expect(Object.keys((await user.get('/users/me')).body)).toEqual(['email', 'name', 'role', 'id', 'created_at']);
  });
});
