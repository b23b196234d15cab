import { hash } from '@node-rs/argon2';
import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../support/database.js';
import { anon, aUser, PASSWORD, type Actor } from '../support/world.js';

let user: Actor;

const tryPassword = (password: string) =>
  anon.post('/auth/token').type('form').send({ username: user.email, password });

async function store(password_hash: string): Promise<void> {
  await query('update users set password_hash = $2 where id = $1', [user.id, password_hash]);
}

async function stored(): Promise<string> {
  const [row] = await query<{ password_hash: string }>('select password_hash from users where id = $1', [user.id]);
  return row!.password_hash;
}

beforeEach(async () => {
  user = await aUser();
});

describe('a password hash with outdated parameters', () => {
  let weak: string;

  beforeEach(async () => {
    weak = await hash(PASSWORD, { memoryCost: 8192, timeCost: 1 });
    await store(weak);
  });

  it('is replaced when its owner signs in, without ending their sessions', async () => {
    expect((await tryPassword(PASSWORD)).status).toBe(200);
    expect(await stored()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect((await tryPassword(PASSWORD)).status).toBe(200);
    expect((await user.get('/users/me')).status).toBe(200);
  });

  it('is not replaced after a wrong password', async () => {
    expect((await tryPassword('Password2')).status).toBe(401);
    expect(await stored()).toBe(weak);
  });

  it('does not make concurrent sign-ins fail', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => tryPassword(PASSWORD)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await tryPassword(PASSWORD)).status).toBe(200);
  });
});

it.each(['$argon2id$v=19$m=2097152,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$', '$2b$12$', 'plain'])(
  'a manipulated hash (%s) matches no password and causes no server error',
  async (start) => {
    await store(start + 'A'.repeat(43));
    const answer = await tryPassword(PASSWORD);
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ detail: 'Incorrect username or password' });
  },
);

it('many concurrent sign-ins either succeed or return 503, and other requests are still answered', async () => {
  const state = { running: true };
  const crowd = Promise.all(Array.from({ length: 150 }, () => tryPassword(PASSWORD).retry(0))).finally(() => {
    state.running = false;
  });
  let others = 0;
  while (state.running) {
    if ((await user.get('/users/me')).status === 200) others++;
    await sleep(5);
  }
  const answers = await crowd;
  const refused = answers.filter(({ status }) => status === 503);
  expect(answers.filter(({ status }) => status === 200).length + refused.length).toBe(150);
  expect(refused.length).toBeGreaterThan(50);
  expect(answers.length - refused.length).toBeGreaterThan(1);
  expect(others).toBeGreaterThan(2);
  for (const { headers, body } of refused) {
    expect(headers['retry-after']).toMatch(/^[1-3]$/);
    expect((body as { detail: string }).detail).toMatch(
      /^Too many (?:password checks|requests of this kind) at once|^Server overloaded|^The row is in use/,
    );
  }
  expect((await tryPassword(PASSWORD)).status).toBe(200);
});
