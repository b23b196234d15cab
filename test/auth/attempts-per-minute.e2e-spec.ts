import { query } from '../support/database.js';
import { documenting, sampleOf, send } from '../support/operations.js';
import { anon, aUser, PASSWORD, signIn, type Actor } from '../support/world.js';

const clock = { ms: Date.now(), now: () => clock.ms };
const env = { AUTH_ATTEMPTS_PER_MINUTE: '3', AUTH_FREE_FAILURES: '0' };

let user: Actor;
let direct: Actor;
let behindProxy: Actor;

beforeAll(async () => {
  const [one, other] = await Promise.all([
    startApp({ env, providers: { Clock: clock } }),
    startApp({ env: { ...env, TRUST_PROXY: '1' }, providers: { Clock: clock } }),
  ]);
  user = await aUser();
  direct = anon.at(one.url);
  behindProxy = anon.at(other.url);
});

beforeEach(async () => {
  clock.ms = Date.now();
  await query('delete from attempts');
});

const attempt = (at: Actor = direct, forwarded = '') => {
  const test = at.post('/auth/token').type('form');
  if (forwarded !== '') test.set('X-Forwarded-For', forwarded);
  return test.send({ username: user.email, password: 'Password2' });
};

/** On a busy machine, an attempt may wait too long for the others, and is then not counted. */
const answered = async () => {
  let answer = await attempt();
  while (answer.status === 503) answer = await attempt();
  return answer;
};

const form = () => direct.post('/auth/token').type('form');

async function statuses(times: number, one: () => PromiseLike<{ status: number }>): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < times; i++) found.push((await one()).status);
  return found;
}

describe('AUTH_ATTEMPTS_PER_MINUTE', () => {
  it('allows this number of attempts, reports how many are left, and then returns 429 with Retry-After', async () => {
    const left: unknown[] = [];
    for (let i = 0; i < 3; i++) {
      const { headers } = await attempt();
      expect(headers['ratelimit-policy']).toBe('"credentials";q=3;w=60');
      left.push(headers['ratelimit']);
      clock.ms += 10_000;
    }
    expect(left).toEqual(['"credentials";r=2;t=60', '"credentials";r=1;t=50', '"credentials";r=0;t=40']);
    const { status, body, headers } = await attempt();
    expect(status).toBe(429);
    expect(body).toEqual({ detail: 'Too many attempts, try again later' });
    expect(headers['retry-after']).toBe('30');
    expect(headers['ratelimit']).toBe('"credentials";r=0;t=30');
    expect(headers['ratelimit-policy']).toBe('"credentials";q=3;w=60');
  });

  it('allows new attempts after one minute', async () => {
    expect(await statuses(4, attempt)).toEqual([401, 401, 401, 429]);
    clock.ms += 59_999;
    expect(await statuses(1, attempt)).toEqual([429]);
    clock.ms += 1;
    expect(await statuses(4, attempt)).toEqual([401, 401, 401, 429]);
  });

  it('allows no more attempts when they are concurrent', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => answered()));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(17);
  });

  it('is shared by all processes', async () => {
    expect(await statuses(3, attempt)).toEqual([401, 401, 401]);
    expect((await attempt(behindProxy, '127.0.0.1')).status).toBe(429);
  });

  it('also counts correct passwords and invalid requests', async () => {
    expect((await form().send({ username: user.email, password: PASSWORD })).status).toBe(200);
    expect((await form().send({})).status).toBe(422);
    expect((await form().send({ username: user.email, password: PASSWORD })).status).toBe(200);
    expect((await form().send({ username: user.email, password: PASSWORD })).status).toBe(429);
  });

  it('sets no limit if it is 0', async () => {
    const { url } = await startApp({ env: { ...env, AUTH_ATTEMPTS_PER_MINUTE: '0' } });
    const answers = await Promise.all(Array.from({ length: 6 }, () => attempt(anon.at(url))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect(answers[0]!.headers).not.toHaveProperty('ratelimit');
    expect(await query('select key from attempts')).toEqual([]);
  });

  it('does not block refreshes and requests of signed-in users', async () => {
    const { refresh_token } = await signIn(user.email);
    await query('delete from attempts');
    expect(await statuses(4, attempt)).toEqual([401, 401, 401, 429]);
    expect((await direct.post('/auth/refresh', { refresh_token })).status).toBe(200);
    expect((await user.at((await startApp({ env })).url).get('/users/me')).status).toBe(200);
  });
});

describe('the client address', () => {
  it('is that of the connection without a trusted proxy, whatever X-Forwarded-For contains', async () => {
    for (let i = 0; i < 3; i++) expect((await attempt(direct, `192.0.2.${i}`)).status).toBe(401);
    for (const forged of ['192.0.2.9', '192.0.2.9, 192.0.2.10', '::1']) {
      expect((await attempt(direct, forged)).status).toBe(429);
    }
    expect(await query('select key from attempts')).toEqual([{ key: 'credentials:127.0.0.1' }]);
  });

  it('is the entry of the trusted proxy in X-Forwarded-For, whatever the client has sent', async () => {
    for (let i = 0; i < 3; i++) {
      expect((await attempt(behindProxy, `192.0.2.${i}, 203.0.113.5`)).status).toBe(401);
    }
    expect((await attempt(behindProxy, '192.0.2.77, 203.0.113.5')).status).toBe(429);
    expect((await attempt(behindProxy, '203.0.113.6')).status).toBe(401);
  });

  it('is the /64 prefix for IPv6, and that of the proxy if X-Forwarded-For is invalid', async () => {
    for (let i = 1; i < 4; i++) expect((await attempt(behindProxy, `2001:db8::${i}`)).status).toBe(401);
    expect((await attempt(behindProxy, '2001:db8::ffff:4')).status).toBe(429);
    expect((await attempt(behindProxy, '2001:db8:0:1::1')).status).toBe(401);
    await attempt(behindProxy, "'; drop table attempts --");
    expect(await query('select key from attempts order by key')).toEqual([
      { key: 'credentials:127.0.0.1' },
      { key: 'credentials:2001:db8:0:0::/64' },
      { key: 'credentials:2001:db8:0:1::/64' },
    ]);
  });
});

/** The operations with a limit of their own. All others document the general limit, with a different text. */
const withOwnLimit = documenting(429).filter(
  ([, { responses }]) => !JSON.stringify(responses['429']).includes('TooManyRequests'),
);

it('the limit of attempts is documented for operations that accept passwords, codes or refresh tokens', () => {
  expect(withOwnLimit.map(([key]) => key)).toEqual(
    expect.arrayContaining([
      'POST /auth/token',
      'POST /auth/refresh',
      'PUT /users/me/password',
      'POST /auth/totp',
      'DELETE /auth/totp',
      'POST /auth/totp/confirmation',
      'POST /auth/totp/recovery-codes',
    ]),
  );
});

it.each(withOwnLimit)('%s returns 429 after the allowed number of attempts', async (_, operation) => {
  const url = await limitedUrl();
  const sample = sampleOf(operation);
  const got = await statuses(4, () => send(user.at(url), operation, sample));
  expect(got.slice(0, 3)).not.toContain(429);
  expect(got[3]).toBe(429);
});

const limitedUrl = async () => (await startApp({ env })).url;
