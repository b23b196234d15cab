import { query } from '../support/database.js';
import { auditOf } from '../support/factories.js';
import { amid } from '../support/races.js';
import { expectRefused } from '../support/refusals.js';
import { codeAt, enrolled, signInWith } from '../support/totp.js';
import { anon, aUser, PASSWORD, signIn, type Actor } from '../support/world.js';

const WRONG_PROOF = 'The password or code is wrong';

const state = async (user: Actor) => (await user.get('/auth/totp')).body as object;
const now = (secret: string, steps = 0) => codeAt(secret, Date.now() + steps * 30_000);
const enrol = (user: Actor, password = PASSWORD) => user.post('/auth/totp', { password });
const confirm = (user: Actor, code: string) => user.post('/auth/totp/confirmation', { code });
const remove = (user: Actor, body: object) => user.send('delete', '/auth/totp', body);

async function actionsOf({ id }: Actor): Promise<string[]> {
  return (await auditOf(`users/${id}`)).map(({ action }) => action).filter((action) => action.startsWith('totp.'));
}

describe('POST /auth/totp', () => {
  it('returns a secret and its otpauth URI, and requires no code at sign-in before the confirmation', async () => {
    const user = await aUser();
    const answer = await enrol(user);
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({ location: '/auth/totp', 'cache-control': 'no-store' });
    const { secret, uri } = answer.body as { secret: string; uri: string };
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(uri).toContain(`otpauth://totp/Aerie:${encodeURIComponent(user.email)}?issuer=Aerie&secret=${secret}&`);
    expect(await state(user)).toEqual({ active: false, recovery_codes_left: 0 });
    expect((await signInWith(user.email)).status).toBe(200);
    expect((await signInWith(user.email, '000000')).status).toBe(200);
  });

  it('returns a new secret when called again, and invalidates the previous one', async () => {
    const user = await aUser();
    const [first, second] = [await enrol(user), await enrol(user)];
    expectRefused(await confirm(user, now(first.body.secret)), 403, 'The code is wrong');
    expect((await confirm(user, now(second.body.secret))).status).toBe(200);
  });

  it('requires the password', async () => {
    const user = await aUser();
    expectRefused(await enrol(user, 'Password2'), 403, WRONG_PROOF);
    expect(await query('select 1 from totps where user_id = $1', [user.id])).toEqual([]);
  });

  it('returns 409 and changes nothing if a second factor is active', async () => {
    const user = await aUser();
    const { secret } = await enrolled(user);
    expectRefused(await enrol(user), 409, 'A second factor is already active');
    expect((await signInWith(user.email, now(secret))).status).toBe(200);
  });
});

describe('POST /auth/totp/confirmation', () => {
  it('activates the factor and returns ten recovery codes', async () => {
    const user = await aUser();
    const { recovery_codes } = await enrolled(user);
    expect(new Set(recovery_codes).size).toBe(10);
    expect(await state(user)).toEqual({ active: true, recovery_codes_left: 10 });
    expectRefused(await signInWith(user.email), 401, 'Second factor required');
  });

  it('consumes the code', async () => {
    const user = await aUser();
    const { secret } = (await enrol(user)).body as { secret: string };
    const code = now(secret);
    expect((await confirm(user, code)).status).toBe(200);
    expectRefused(await signInWith(user.email, code), 401, 'Incorrect username or password');
    expect((await signInWith(user.email, now(secret, 1))).status).toBe(200);
  });

  it('requires a correct code and an unconfirmed second factor', async () => {
    const user = await aUser();
    expectRefused(await confirm(user, '123456'), 409, 'There is no second factor to confirm');
    const { secret } = (await enrol(user)).body as { secret: string };
    expectRefused(await confirm(user, now(secret, 5)), 403, 'The code is wrong');
    expect(await state(user)).toMatchObject({ active: false });
    expect((await confirm(user, now(secret))).status).toBe(200);
    expectRefused(await confirm(user, now(secret, 1)), 409, 'There is no second factor to confirm');
  });
});

describe('POST /auth/totp/recovery-codes', () => {
  it('creates a new set and invalidates the old one', async () => {
    const user = await aUser();
    const { secret, recovery_codes: old } = await enrolled(user);
    const answer = await user.post('/auth/totp/recovery-codes', { password: PASSWORD, code: now(secret) });
    expect(answer.status).toBe(200);
    const { recovery_codes } = answer.body as { recovery_codes: string[] };
    expect(new Set([...old, ...recovery_codes]).size).toBe(20);
    expectRefused(await signInWith(user.email, old[0]), 401, 'Incorrect username or password');
    expect((await signInWith(user.email, recovery_codes[0])).status).toBe(200);
  });

  it('keeps the old set unless the password and the code are correct', async () => {
    const user = await aUser();
    const renew = (body: object) => user.post('/auth/totp/recovery-codes', body);
    expectRefused(await renew({ password: PASSWORD, code: '123456' }), 409, 'No second factor is active');
    const { secret, recovery_codes } = await enrolled(user);
    expectRefused(await renew({ password: 'Password2', code: now(secret) }), 403, WRONG_PROOF);
    expectRefused(await renew({ password: PASSWORD, code: now(secret, 5) }), 403, WRONG_PROOF);
    expect((await signInWith(user.email, recovery_codes[0])).status).toBe(200);
  });
});

describe('DELETE /auth/totp', () => {
  it.each(['a code', 'a recovery code'])('removes the factor with the password and %s', async (what) => {
    const user = await aUser();
    const { secret, recovery_codes } = await enrolled(user);
    const code = what === 'a code' ? now(secret) : recovery_codes[3]!;
    expect((await remove(user, { password: PASSWORD, code })).status).toBe(204);
    expect(await state(user)).toEqual({ active: false, recovery_codes_left: 0 });
    expect((await signInWith(user.email)).status).toBe(200);
    expectRefused(await remove(user, { password: PASSWORD, code }), 409, 'No second factor is active');
  });

  it('keeps the factor unless the password and the code are correct', async () => {
    const user = await aUser();
    const { secret, recovery_codes } = await enrolled(user);
    expectRefused(await remove(user, { password: 'Password2', code: now(secret) }), 403, WRONG_PROOF);
    expectRefused(await remove(user, { password: 'Password2', code: recovery_codes[0]! }), 403, WRONG_PROOF);
    expectRefused(await remove(user, { password: PASSWORD, code: now(secret, 5) }), 403, WRONG_PROOF);
    expect(await state(user)).toEqual({ active: true, recovery_codes_left: 10 });
    expect((await remove(user, { password: PASSWORD, code: now(secret) })).status).toBe(204);
  });

  it('refuses invalid fields without echoing them', async () => {
    const user = await aUser();
    const answer = await remove(user, { password: 5, code: ['123456'] });
    expect(answer.status).toBe(422);
    expect((answer.body as { detail: { input: unknown }[] }).detail.map(({ input }) => input)).toEqual(
      Array(2).fill('**********'),
    );
  });
});

it('an existing session continues after a second factor is activated', async () => {
  const user = await aUser();
  const { refresh_token } = await signIn(user.email);
  await enrolled(user);
  expect((await user.get('/users/me')).status).toBe(200);
  expect((await anon.post('/auth/refresh', { refresh_token })).status).toBe(200);
});

it('the codes, the recovery codes and the sealed secret of one account do not work for another', async () => {
  const [user, stranger] = [await aUser(), await aUser()];
  const { secret, recovery_codes } = await enrolled(user);
  await enrolled(stranger);
  expectRefused(await signInWith(stranger.email, now(secret)), 401, 'Incorrect username or password');
  expectRefused(await signInWith(stranger.email, recovery_codes[0]), 401, 'Incorrect username or password');
  await query('update totps set sealed_secret = (select sealed_secret from totps where user_id = $1)', [user.id]);
  expectRefused(await signInWith(stranger.email, now(secret, 1)), 401, 'Incorrect username or password');
});

it('the confirmation returns 401 if the account is deleted during the request', async () => {
  const user = await aUser();
  await enrol(user);
  const answer = await amid('delete from users where id = $1', [user.id], async () => confirm(user, '123456'));
  expectRefused(answer, 401, 'Could not validate credentials');
});

it('the second factor is deleted with the account', async () => {
  const user = await aUser();
  await enrolled(user);
  expect((await user.delete(`/users/${user.id}`)).status).toBe(204);
  expect(await query('select 1 from totps where user_id = $1', [user.id])).toEqual([]);
});

it('the secret and the recovery codes are not stored in plain text, not logged and not shown again', async () => {
  const user = await aUser();
  const { secret, recovery_codes } = await enrolled(user);
  const [row] = await query<{ row: string }>('select totps::text as row from totps where user_id = $1', [user.id]);
  const events = await query<{ e: string }>('select e::text as e from audit_events e');
  const places = [row!.row, JSON.stringify(events), JSON.stringify(logs), JSON.stringify(await state(user))];
  expect(row!.row.length).toBeGreaterThan(500);
  const secrets = [secret, ...recovery_codes, ...recovery_codes.map((code) => code.replaceAll('-', ''))];
  for (const place of places) expect(secrets.filter((one) => place.includes(one))).toEqual([]);
});

it('changes of a second factor and used recovery codes are recorded in the audit trail', async () => {
  const user = await aUser();
  const { secret, recovery_codes } = await enrolled(user);
  const signedIn = await signInWith(user.email, recovery_codes[0]);
  expect((await auditOf(`users/${user.id}`)).find(({ action }) => action === 'totp.recovery_code_used')).toEqual({
    action: 'totp.recovery_code_used',
    actor_id: user.id,
    request_id: signedIn.headers['x-request-id'],
    details: { left: 9 },
  });
  await user.post('/auth/totp/recovery-codes', { password: PASSWORD, code: now(secret) });
  await remove(user, { password: PASSWORD, code: now(secret, 1) });
  const actions = ['enrolled', 'confirmed', 'recovery_code_used', 'recovery_codes_made', 'removed'];
  expect(await actionsOf(user)).toEqual(actions.map((action) => `totp.${action}`));
});
