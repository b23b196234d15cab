import { hash } from '@node-rs/argon2';
import { randomUUID } from 'node:crypto';
import { anAccountToken } from '../support/account-tokens.js';
import { query } from '../support/database.js';
import { Actor, anon, aUser, PASSWORD, signIn } from '../support/world.js';

const NFC = 'Ma\u00f1ana-\u00dcberall-1';
const NFD = NFC.normalize('NFD');

/** Signs in with the password and returns the status. */
const tryPassword = async ({ email }: Actor, password: string) =>
  (await anon.post('/auth/token').type('form').send({ username: email, password })).status;
const hashOf = async ({ id }: Actor) =>
  (await query<{ password_hash: string }>('select password_hash from users where id = $1', [id]))[0]!.password_hash;

describe('a password', () => {
  it.each([
    [NFC, NFD],
    [NFD, NFC],
    [`Ｐ${PASSWORD.slice(1)}`, PASSWORD],
    [PASSWORD, `Ｐ${PASSWORD.slice(1)}`],
    ['Green trains 7', 'Green\u00a0trains\u20037'],
    ['Oﬃcial-1', 'Official-1'],
    ['A한국어비밀번호', 'A한국어비밀번호'.normalize('NFD')],
  ])('set as %j is accepted as %j at sign-in, password change and password reset', async (set, typed) => {
    const user = await aUser();
    const change = (current_password: string, new_password: string) =>
      user.put('/users/me/password', { current_password, new_password });
    expect((await change(PASSWORD, set)).status).toBe(204);
    expect(await tryPassword(user, typed)).toBe(200);
    expect((await change(typed, `${typed}x`)).status).toBe(204);
    expect(await tryPassword(user, typed)).toBe(401);
    const token = await anAccountToken(user.id, 'password_reset');
    expect((await anon.post('/auth/password/reset', { token, new_password: typed })).status).toBe(204);
    expect(await tryPassword(user, set)).toBe(200);
  });

  it('is normalized at sign-up and when a second factor is added', async () => {
    const email = `${randomUUID()}@example.com`;
    expect((await anon.post('/users', { email, name: 'Ann', password: NFD })).status).toBe(201);
    const user = new Actor(0, email, (await signIn(email, NFC)).access_token);
    expect((await user.post('/auth/totp', { password: NFC })).status).toBeLessThan(300);
  });

  it('stored before normalization is accepted as it was typed, and from then on in every spelling', async () => {
    const user = await aUser();
    const before = await hash(NFD);
    await query('update users set password_hash = $2 where id = $1', [user.id, before]);
    expect(await tryPassword(user, 'Mañana-2')).toBe(401);
    expect(await hashOf(user)).toBe(before);
    expect(await tryPassword(user, NFD)).toBe(200);
    expect(await hashOf(user)).not.toBe(before);
    for (const spelling of [NFC, NFD]) expect(await tryPassword(user, spelling)).toBe(200);
    expect((await user.get('/users/me')).status).toBe(200);
  });

  it('must have 8 to 128 characters, counted after Unicode composition (NFC)', async () => {
    for (const [password, type] of [
      ['E\u0301e\u0301e\u0301e\u0301', 'string_too_short'],
      ['ﷺA', 'string_too_short'],
      ['É'.repeat(129).normalize('NFD'), 'string_too_long'],
      [`A${'\u0301\u0316'.repeat(5000)}`, 'string_too_long'],
    ]) {
      const answer = await anon.post('/users', { email: 'a@example.com', name: 'Ann', password });
      expect([answer.status, answer.body.detail]).toMatchObject([422, [{ type, input: '**********' }]]);
    }
    const email = `${randomUUID()}@example.com`;
    const password = 'É'.repeat(128).normalize('NFD');
    expect((await anon.post('/users', { email, name: 'Ann', password })).status).toBe(201);
    expect((await signIn(email, 'É'.repeat(128))).expires_in).toBe(900);
  });

  it('is compared with its white space and letter case', async () => {
    const user = await aUser();
    for (const typed of [` ${PASSWORD}`, `${PASSWORD} `, `${PASSWORD}\u200b`, PASSWORD.toUpperCase()]) {
      expect(await tryPassword(user, typed)).toBe(401);
    }
  });
});
