import { anAccessToken } from '../support/access-tokens.js';
import { query } from '../support/database.js';
import { eventually } from '../support/factories.js';
import { anon, aUser, Actor, PASSWORD } from '../support/world.js';

interface Denied {
  readonly subject: string;
  readonly request_id: string | null;
  readonly details: object;
}

const deniedTo = (id: number | null) =>
  query<Denied>(
    `select subject, request_id, details from audit_events
     where action = 'access.denied' and actor_id is not distinct from $1 order by id`,
    [id],
  );

/** Waits for `count` events, which are written asynchronously and may come after the answer. */
const soon = (id: number | null, count: number) =>
  eventually(async () => {
    const events = await deniedTo(id);
    return events.length >= count ? events : undefined;
  });

it('a denied request is recorded in the audit trail with the actor, the route and the reason', async () => {
  const user = await aUser();
  const answer = await user.get('/users?limit=1');
  expect(answer.status).toBe(403);
  expect(await soon(user.id, 1)).toEqual([
    { subject: 'GET /users', request_id: answer.headers['x-request-id'], details: { why: 'Not enough permissions' } },
  ]);
});

it.each<[string, string, (user: Actor, script: Actor) => PromiseLike<{ status: number }>]>([
  ['GET /auth/sessions', "Personal access tokens can't do this: sign in", (_, script) => script.get('/auth/sessions')],
  ['PATCH /profile', 'This access token is read-only', (_, script) => script.patch('/profile', { name: 'Eve' })],
  ['DELETE /users/:user_id/sessions', 'Not enough permissions', (user) => user.delete('/users/1/sessions')],
  [
    'POST /email',
    'Only an admin can send mail to another address',
    (user) => user.post('/email?email=boss@example.com'),
  ],
])('a denied %s is recorded with the reason: %s', async (route, why, ask) => {
  const user = await aUser();
  const { token } = await anAccessToken(user, 'read');
  const script = new Actor(user.id, user.email, token);
  expect((await ask(user, script)).status).toBe(403);
  expect(await soon(user.id, 1)).toMatchObject([{ subject: route, details: { why } }]);
});

it('a denied request of an anonymous caller is recorded', async () => {
  const eve = { email: 'eve@example.com', name: 'Eve', password: PASSWORD, role: 'admin' };
  expect((await anon.post('/users', eve)).status).toBe(403);
  expect(await soon(null, 1)).toMatchObject([{ subject: 'POST /users' }]);
});

it('requests that are answered with 401, 404 or 405 are not recorded', async () => {
  const user = await aUser();
  await user.get('/orders/999');
  await user.put('/items', {});
  await anon.get('/users');
  await user.get('/users');
  expect(await soon(user.id, 1)).toMatchObject([{ subject: 'GET /users' }]);
});

it('more than ten denied requests a minute of one account are counted instead of recorded individually', async () => {
  const app = await startApp();
  const [flooder, other] = await Promise.all([aUser(), aUser()]);
  for (let i = 0; i < 30; i++) await flooder.at(app.url).get('/users');
  for (let i = 0; i < 3; i++) await flooder.at(app.url).delete('/items/1');
  await other.at(app.url).get('/users');
  await soon(flooder.id, 10);
  expect(await deniedTo(flooder.id)).toHaveLength(10);
  expect(await soon(other.id, 1)).toHaveLength(1);
  await app.stop(); // a stop also writes the counts of the current minute
  const counted = (await deniedTo(flooder.id)).slice(10);
  expect(counted.toSorted((one, other) => one.subject.localeCompare(other.subject))).toEqual([
    { subject: 'DELETE /items/:item_id', request_id: null, details: { times: 3 } },
    { subject: 'GET /users', request_id: null, details: { times: 20 } },
  ]);
  expect(await deniedTo(other.id)).toHaveLength(1);
});
