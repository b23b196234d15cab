import { hash } from '@node-rs/argon2';
import { isCommon } from './common-passwords.js';
import { passwordForm } from './password-form.js';
import { hashPassword } from './password.js';
import run from './password.worker.js';

/** The same text, as different keyboards, systems and input methods encode it. */
const SPELLINGS: Record<string, readonly [string, string]> = {
  'composed and decomposed accents': ['Ma\u00f1ana-\u00dcberall-1', 'Man\u0303ana-U\u0308berall-1'],
  'full-width letters': ['Password1', 'Ｐａｓｓｗｏｒｄ１'],
  'a no-break space': ['Green trains 7', 'Green\u00a0trains\u202f7'],
  'an ideographic space': ['Green trains 7', 'Green\u3000trains 7'],
  'an Ogham space': ['Green trains 7', 'Green\u1680trains 7'],
  'a ligature': ['Official-1', 'Oﬃcial-1'],
  'half-width katakana': ['Aパスワード1', 'Aﾊﾟｽﾜｰﾄﾞ1'],
  'decomposed Hangul syllables': ['A한국어비밀번호', 'A한국어비밀번호'.normalize('NFD')],
  'combining marks in another order': ['Aa\u0323\u0307aaaaaa', 'Aa\u0307\u0323aaaaaa'],
  'a kelvin sign': ['Kelvin-273', '\u212aelvin-273'],
  'an ellipsis': ['Wait...now', 'Wait…now'],
};

const login = (password: string, stored: string) => run({ compare: password, stored, renew: true });

describe.each(Object.entries(SPELLINGS))('two spellings of a password (%s)', (_, [one, other]) => {
  it('are the same password, whichever was set', () => {
    expect(one).not.toBe(other);
    expect(passwordForm(one)).toBe(passwordForm(other));
    expect(login(other, hashPassword(one))).toEqual({ isRight: true });
    expect(login(one, hashPassword(other))).toEqual({ isRight: true });
  });

  it('are both accepted after a hash of the original spelling is renewed', async () => {
    const odd = passwordForm(one) === one ? other : one;
    const { isRight, hash: renewed } = login(odd, await hash(odd));
    expect(isRight).toBe(true);
    for (const spelling of [one, other]) expect(login(spelling, renewed!)).toEqual({ isRight: true });
  });
});

it.each([
  ['letter case', 'password1'],
  ['white space around the password', ' Password1'],
  ['white space inside the password', 'Pass word1'],
  ['an accent', 'Pässword1'],
  ['the script of a letter', 'Раssword1'],
  ['an invisible character', 'Pass\u200bword1'],
])('passwords that differ in %s do not match', (_, other) => {
  expect(login(other, hashPassword('Password1'))).toEqual({ isRight: false });
});

it('a hash of the original spelling is renewed only for the right password and only if requested', async () => {
  const stored = await hash('Man\u0303ana-1');
  expect(login('Mañana-2', stored)).toEqual({ isRight: false });
  expect(run({ compare: 'Man\u0303ana-1', stored, renew: false })).toEqual({ isRight: true });
});

it('a common password is recognized in other spellings', async () => {
  for (const password of ['Ｐassword1', 'Sunshine２０２４', 'Ｑwerty１２３'])
    expect(await isCommon(password)).toBe(true);
});

it('a text longer than any password is not normalized', () => {
  const long = '\u0301\u0316'.repeat(50_000);
  expect(passwordForm(long)).toBe(long);
});
