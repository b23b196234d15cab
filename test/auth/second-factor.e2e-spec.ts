import { query } from '../support/database.js';
import { auditOf } from '../support/factories.js';
import { expectRefused } from '../support/refusals.js';
import { amid } from '../support/races.js';
import { codeAt, enrolled, signInWith } from '../support/totp.js';
import { anon, aUser, type Actor } from '../support/world.js';

const STEP = 30_000;
const WRONG = 'Incorrect username or password';

/**
 * The application's clock: in the middle of a step, and slightly ahead of the real one that issued the tests' tokens.
 */
const clock = { ms: 0 };
let at: Actor;
let user: Actor;
let secret: string;
let recovery_codes: string[];

beforeAll(async () => {
  const { url } = await startApp({ providers: { Clock: { now: () => clock.ms } } });
  at = anon.at(url);
});

beforeEach(async () => {
  clock.ms = Math.ceil(Date.now() / STEP) * STEP + STEP * 1.5;
  user = await aUser();
  ({ secret, recovery_codes } = await enrolled(user.at((at as unknown as { url: string }).url), clock.ms));
});

const code = (steps = 0) => codeAt(secret, clock.ms + steps * STEP);
const signIn = (otp?: string, password?: string) => signInWith(user.email, otp, at, password);
const wrongCode = () => ['000000', '111111', '222222', '333333'].find((one) => ![-1, 0, 1].map(code).includes(one))!;

/** Returns the number of sessions since the account was created, without its first one. */
async function begun(): Promise<number> {
  const [row] = await query<{ n: number }>('select count(*)::int - 1 as n from sessions where user_id = $1', [user.id]);
  return row!.n;
}

describe('signing in to an account with a second factor', () => {
  it('requires the password and a code', async () => {
    const without = await signIn();
    expectRefused(without, 401, 'Second factor required');
    expect(without.headers['www-authenticate']).toBe('Bearer');
    expect(await begun()).toBe(0);
    const answer = await signIn(code());
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body as object)).toEqual(['access_token', 'token_type', 'expires_in', 'refresh_token']);
    expect(await begun()).toBe(1);
  });

  it('treats an empty code as a missing code', async () => {
    expectRefused(await signIn(''), 401, 'Second factor required');
  });

  it('accepts a code with the space that authenticator apps display', async () => {
    expect((await signIn(code().replace(/^.../, '$& '))).status).toBe(200);
  });

  it('returns the same response for a wrong code as for a wrong password', async () => {
    const answers = [
      await signIn(wrongCode()),
      await signIn(code(), 'Password2'),
      await signIn(undefined, 'Password2'),
    ];
    const others = ['12345', 'x', 'aaaaaa-bbbbbb-cccccc-dddddd', 'x'.repeat(100)];
    for (const otp of others) answers.push(await signIn(otp));
    for (const answer of answers) {
      expectRefused(answer, 401, WRONG);
      expect(Object.keys(answer.headers).toSorted()).toEqual(Object.keys(answers[0]!.headers).toSorted());
    }
    expect(await begun()).toBe(0);
  });

  it('checks the password once for a wrong code, a wrong password and an unknown account, so that timing reveals nothing', async () => {
    const compared: (number | undefined)[] = [];
    const isPassword = async (account: { id: number } | undefined, password: string) => {
      compared.push(account?.id);
      return account !== undefined && password === 'Password1';
    };
    const { url } = await startApp({ providers: { Clock: { now: () => clock.ms }, Passwords: { isPassword } } });
    const counted = anon.at(url);
    expectRefused(await signInWith(user.email, 'recovery', counted), 401, WRONG);
    expectRefused(await signInWith(user.email, 'recovery', counted, 'Password2'), 401, WRONG);
    expectRefused(await signInWith('nobody@example.com', 'recovery', counted), 401, WRONG);
    expect(compared).toEqual([user.id, user.id, undefined]);
  });

  it('is refused for a disabled account, with or without a code, and consumes no code', async () => {
    await query('update users set is_active = false where id = $1', [user.id]);
    for (const otp of [undefined, code(), recovery_codes[0]]) expectRefused(await signIn(otp), 401, WRONG);
    await query('update users set is_active = true where id = $1', [user.id]);
    expect((await signIn(recovery_codes[0])).status).toBe(200);
    expect((await signIn(code())).status).toBe(200);
  });

  it('fails if the password changes during the request', async () => {
    const change = `update users set password_hash = 'another' where id = $1`;
    expectRefused(await amid(change, [user.id], async () => signIn(code())), 401, WRONG);
  });

  it('records the reason for a refusal in the audit trail', async () => {
    await signIn();
    await signIn(wrongCode());
    await signIn(code(), 'Password2');
    const events = (await auditOf(`users/${user.id}`)).filter(({ action }) => action === 'session.refused');
    expect(events.map(({ actor_id, details }) => [actor_id, details])).toEqual([
      [null, { second_factor: 'missing' }],
      [null, { second_factor: 'wrong' }],
      [null, {}],
    ]);
  });
});

describe('a code', () => {
  it('works once', async () => {
    expect((await signIn(code())).status).toBe(200);
    expectRefused(await signIn(code()), 401, WRONG);
    clock.ms += STEP;
    expectRefused(await signIn(code(-1)), 401, WRONG);
    expect((await signIn(code())).status).toBe(200);
  });

  it('works for only one of several concurrent requests', async () => {
    for (const otp of [code(), recovery_codes[0]!]) {
      const answers = await Promise.all(Array.from({ length: 6 }, () => signIn(otp)));
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401, 401, 401, 401, 401]);
    }
    expect(await begun()).toBe(2);
  });

  it('is refused if a concurrent request has used it first', async () => {
    const step = Math.floor(clock.ms / STEP);
    const used = 'update totps set last_step = $2 where user_id = $1';
    expectRefused(await amid(used, [user.id, step], async () => signIn(code())), 401, WRONG);
  });

  it('invalidates older codes', async () => {
    expect((await signIn(code(1))).status).toBe(200);
    for (const steps of [0, -1, 1]) expectRefused(await signIn(code(steps)), 401, WRONG);
  });

  it.each([
    ['one millisecond too early', -STEP - 1, 401],
    ['at the start of the previous step', -STEP, 200],
    ['at the end of the next step', 2 * STEP - 1, 200],
    ['one millisecond too late', 2 * STEP, 401],
  ])('is valid from one time step before its own to one after it: %s', async (_what, ms, status) => {
    const start = Math.floor(clock.ms / STEP) * STEP;
    const otp = codeAt(secret, start);
    clock.ms = start + ms;
    expect((await signIn(otp)).status).toBe(status);
  });

  it('is not consumed by an attempt with a wrong password', async () => {
    expectRefused(await signIn(code(), 'Password2'), 401, WRONG);
    expectRefused(await signIn(recovery_codes[0], 'Password2'), 401, WRONG);
    expect((await signIn(code())).status).toBe(200);
    expect((await signIn(recovery_codes[0])).status).toBe(200);
  });
});

describe('a recovery code', () => {
  it('works only once, for each of the ten codes', async () => {
    for (const one of recovery_codes) expect((await signIn(one)).status).toBe(200);
    for (const one of recovery_codes) expectRefused(await signIn(one), 401, WRONG);
    const [row] = await query('select recovery_hashes from totps where user_id = $1', [user.id]);
    expect(row).toEqual({ recovery_hashes: [] });
  });

  it('is accepted without its dashes and in upper case', async () => {
    expect((await signIn(recovery_codes[0]!.replaceAll('-', '').toUpperCase())).status).toBe(200);
  });

  it('works if the secret can no longer be decrypted, for example after a change of JWT_SECRET', async () => {
    const env = { JWT_SECRET: 'another one, of the 32 bytes that it takes at least' };
    const other = await startApp({ env });
    const elsewhere = anon.at(other.url);
    expectRefused(await signInWith(user.email, codeAt(secret, Date.now()), elsewhere), 401, WRONG);
    expect((await signInWith(user.email, recovery_codes[0], elsewhere)).status).toBe(200);
    await other.stop();
  });
});

const fail = async (times: number) => {
  for (let i = 0; i < times; i++) expectRefused(await signIn(wrongCode()), 401, WRONG);
};

describe('guessing codes', () => {
  it('causes no delay for the first four failures', async () => {
    await fail(4);
    expect((await signIn(code())).status).toBe(200);
  });

  it('delays even correct codes from the fifth failure on, twice as long after each failure', async () => {
    await fail(5);
    expectRefused(await signIn(code()), 401, WRONG);
    clock.ms += 999;
    expectRefused(await signIn(code()), 401, WRONG);
    clock.ms += 1;
    await fail(1);
    clock.ms += 1999;
    expectRefused(await signIn(code()), 401, WRONG);
    clock.ms += 1;
    expect((await signIn(code())).status).toBe(200);
    await fail(4);
    expect((await signIn(code(1))).status).toBe(200);
  });

  it('causes a delay of at most 15 minutes', async () => {
    await query('update totps set failures = 1000, failed_at = $2 where user_id = $1', [user.id, new Date(clock.ms)]);
    clock.ms += 899_999;
    expectRefused(await signIn(code()), 401, WRONG);
    clock.ms += 1;
    expect((await signIn(code())).status).toBe(200);
  });

  it('does not block recovery codes, and does not count with a wrong password', async () => {
    for (let i = 0; i < 6; i++) expectRefused(await signIn(wrongCode(), 'Password2'), 401, WRONG);
    expect((await signIn(code())).status).toBe(200);
    await fail(6);
    expect((await signIn(recovery_codes[0])).status).toBe(200);
    expect((await signIn(code(1))).status).toBe(200);
  });
});
