import { randomUUID } from 'node:crypto';
import { query } from '../support/database.js';
import { anon } from '../support/world.js';

const signUp = (password: string, at = anon) => {
  const email = `${randomUUID()}@example.com`;
  return at.post('/users', { email, name: 'Annabel', password });
};

const refusal = (msg: string) => ({
  detail: [
    {
      type: 'value_error',
      loc: ['body', 'password'],
      msg: `Value error, ${msg}`,
      input: '**********',
      ctx: { error: {} },
    },
  ],
});

it('sign-up accepts a common password if PASSWORD_BLOCKLIST is off, as in development', async () => {
  expect((await signUp('Password1')).status).toBe(201);
});

describe('with PASSWORD_BLOCKLIST on', () => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await startApp({ env: { PASSWORD_BLOCKLIST: 'true', PASSWORD_MIN_LENGTH: '9' } });
  });

  it.each([
    ['a common password', 'Password1', 'Password is too common'],
    ['a password similar to the name', 'Annabel2024', 'Password is too similar to the e-mail address or name'],
  ])('sign-up refuses a password and creates no account: %s', async (_, password, sentence) => {
    const [before] = await query('select count(*) from users');
    const answer = await signUp(password, anon.at(app.url));
    expect(answer.status).toBe(422);
    expect(answer.body).toEqual(refusal(sentence));
    expect(await query('select count(*) from users')).toEqual([before]);
  });

  it('sign-up refuses a password that is shorter than PASSWORD_MIN_LENGTH', async () => {
    const { status, body } = await signUp('Xk4vq9Zt', anon.at(app.url));
    expect(status).toBe(422);
    expect(body.detail).toEqual([
      {
        type: 'string_too_short',
        loc: ['body', 'password'],
        msg: 'String should have at least 9 characters',
        input: '**********',
        ctx: { min_length: 9 },
      },
    ]);
  });

  it('sign-up accepts any other password', async () => {
    expect((await signUp('Green trains in May', anon.at(app.url))).status).toBe(201);
  });
});
