import { randomUUID } from 'node:crypto';
import { domainToASCII } from 'node:url';
import { query } from '../support/database.js';
import { eventually } from '../support/factories.js';
import { CSV, importedBy, lines, NDJSON } from '../support/imports.js';
import { readMailsTo } from '../support/mail.js';
import { mailedToken } from '../support/account-tokens.js';
import { anon, aUser, PASSWORD, signIn, world, type Actor } from '../support/world.js';

let admin: Actor;

beforeAll(async () => {
  ({ admin } = await world());
});

/** Spellings of one mailbox, new in each test. The first is the form that is stored. */
const spellings: Record<string, () => string[]> = {
  'in composed or decomposed letters': () => {
    const id = randomUUID();
    return [`josé.${id}@example.com`, `jose\u0301.${id}@example.com`, `JOSÉ.${id.toUpperCase()}@example.com`];
  },
  'in Unicode or in ASCII': () => {
    const id = randomUUID().slice(0, 8);
    return [
      `${id}@münchen.example`,
      `${id}@mu\u0308nchen.example`,
      `${id}@xn--mnchen-3ya.example`,
      `${id}@MÜNCHEN。example`,
    ];
  },
  'in full-width or upper-case letters': () => {
    const id = randomUUID();
    return [`${id}@example.com`, `${id}@ｅxample.com`, `${id.toUpperCase()}@EXAMPLE.com`];
  },
};

/** Returns the address as mails have it: with an ASCII domain, unless the local part needs Unicode anyway. */
const written = (email: string) => {
  const [local, domain] = email.split('@') as [string, string];
  return /^[ -~]+$/.test(local) ? `${local}@${domainToASCII(domain)}` : email;
};

const CASES = Object.entries(spellings);
/** Returns the id of the account that this username signs in to. */
async function idOf(username: string): Promise<number> {
  const { access_token } = await signIn(username);
  return (await anon.get('/users/me').set('Authorization', `Bearer ${access_token}`)).body.id as number;
}

const signUp = (email: string) => anon.post('/users', { email, name: 'Ann', password: PASSWORD });
const ids = async (emails: readonly string[]) =>
  (await query<{ id: number }>('select id from users where email = any($1)', [emails])).length;

describe.each(CASES)('an address written %s', (_, spell) => {
  it('identifies one account in all spellings, at sign-up and at sign-in', async () => {
    const all = spell();
    for (const first of all) {
      const made = await signUp(first);
      expect([made.status, made.body.email]).toEqual([201, all[0]]);
      for (const other of all) expect([other, (await signUp(other)).status]).toEqual([other, 409]);
      for (const other of all) expect((await signIn(other)).expires_in).toBe(900);
      await query('delete from users where id = $1', [made.body.id]);
    }
  });

  it('creates one account if a CSV or NDJSON import contains all spellings', async () => {
    for (const type of [CSV, NDJSON]) {
      const all = spell();
      const row = (email: string) => (type === CSV ? `${email},Ida` : JSON.stringify({ email, name: 'Ida' }));
      const file = lines(...(type === CSV ? ['email,name'] : []), ...all.toReversed().map(row));
      const { body } = await importedBy(admin, file, { type });
      expect(body).toMatchObject({ rows: all.length, created: 1, refused: all.length - 1 });
      expect(await ids([all[0]!])).toBe(1);
    }
  });

  it('receives mails for a password reset and an address change in its canonical form', async () => {
    const all = spell();
    const user = await aUser({ email: all[0]! });
    await anon.post('/auth/password/forgot', { email: all.at(-1) });
    expect(await mailedToken(written(all[0]!), 'Reset your password')).toMatch(/./);
    const [next, ...others] = spell();
    await user.put('/users/me/email', { email: others.at(-1), current_password: PASSWORD });
    const token = await mailedToken(written(next!), 'Confirm your new address');
    expect((await anon.post('/auth/email/verify', { token })).status).toBe(204);
    expect((await user.get('/users/me')).body.email).toBe(next);
    const [note] = await eventually(async () => readMailsTo(written(all[0]!)));
    expect(note).toBeDefined();
  });

  it('is accepted as the address of the caller in every spelling', async () => {
    const [email, ...others] = spell();
    const user = await aUser({ email: email! });
    for (const other of others) {
      expect((await user.post(`/email?email=${encodeURIComponent(other)}`)).body).toEqual({ message: 'Email queued' });
    }
  });
});

describe('an invalid address', () => {
  it.each([
    'user@example.com\u200b',
    '"a\r\nBcc: v@evil.example"@example.com',
    '"e>"@example.com',
    'us\u202eer@example.com',
    'a\u2028b@example.com',
    'a@exa\u00admple.com',
    '\ufeffa@example.com',
    'a\u0085@example.com',
    'ﬁona@example.com',
    '\u3164@example.com',
    'a@ex%61mple.com',
    'a@127.1',
  ])('is rejected by every operation: %j', async (email) => {
    const user = await aUser();
    const msg = 'value is not a valid email address: It is not a valid address.';
    const told = { type: 'value_error', msg, input: email, ctx: { reason: 'It is not a valid address.' } };
    for (const { status, body } of [
      await signUp(email),
      await anon.post('/users/preview', { email, name: 'Ann' }),
      await anon.post('/auth/password/forgot', { email }),
      await user.put('/users/me/email', { email, current_password: PASSWORD }),
      await admin.post(`/email?email=${encodeURIComponent(email)}`),
    ])
      expect([status, body.detail]).toMatchObject([422, [told]]);
    expect((await anon.post('/auth/token').type('form').send({ username: email, password: PASSWORD })).status).toBe(
      401,
    );
    const row = JSON.stringify({ email, name: 'Ida' });
    expect((await importedBy(admin, row, { type: NDJSON })).body).toMatchObject({ created: 0, refused: 1 });
  });
});

it('failed sign-ins are counted per mailbox, across all spellings of its address', async () => {
  const { url } = await startApp({ env: { AUTH_FREE_FAILURES: '5' } });
  const all = spellings['in Unicode or in ASCII']!();
  await aUser({ email: all[0]! });
  const guess = async (username: string) =>
    (await anon.at(url).post('/auth/token').type('form').send({ username, password: 'Password2' })).status;
  const answers = [];
  for (let i = 0; i < 6; i++) answers.push(await guess(all[i % all.length]!));
  expect(answers).toEqual([401, 401, 401, 401, 401, 429]);
});

it('an account with a stored address that is not normalized still signs in, separately from the account with the normalized address', async () => {
  const id = randomUUID();
  const [nfc, nfd] = [`josé.${id}@example.com`, `jose\u0301.${id}@example.com`];
  const [old, quoted] = [await aUser({ email: nfd }), await aUser({ email: `"a b.${id}"@example.com` })];
  expect((await signIn(quoted.email.toUpperCase())).expires_in).toBe(900);
  const now = await aUser({ email: nfc });
  expect([await idOf(nfd), await idOf(nfc)]).toEqual([old.id, now.id]);
});
