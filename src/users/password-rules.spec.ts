import { readConfig } from '../config/config.js';
import { UserRole } from '../kernel/access/access.js';
import { ValidationFailed } from '../kernel/errors/validation-failed.js';
import { PasswordRules, type PasswordOwner } from './password-rules.js';

const ann = { email: 'ann.lee@example.com', name: 'Annabel Lee' };
const production = { NODE_ENV: 'production', JWT_SECRET: 'Zq8vN3xW5kT1mB7rY0hJ4uE9sL6dA2cFgPiOoXw' };

/** Returns the error message for a password; undefined if it is accepted. */
async function said(password: string, owner: PasswordOwner = ann, env: Record<string, string> = production) {
  try {
    await new PasswordRules(readConfig(env)).check(password, owner);
    return undefined;
  } catch (error) {
    if (error instanceof ValidationFailed) return error.errors[0]!.msg;
    throw error;
  }
}

const COMMON = 'Value error, Password is too common';
const LIKE_OWNER = 'Value error, Password is too similar to the e-mail address or name';

describe('a new password', () => {
  it.each(['Password1', 'PASSWORD1', 'Qwerty123', 'P@ssw0rd', 'Sunshine2024', 'Sunshine!', 'Iloveyou'])(
    'must not be a common password: %s',
    async (password) => expect(await said(password)).toBe(COMMON),
  );

  it.each([
    'Annabel2024',
    'Lee-Annabel-Lee',
    'ann.lee@example.com',
    'Example123',
    '1 Ann.Lee 1',
    'ＡＮＮＡＢＥＬ１',
    'Aerie-2026',
  ])('must not consist of the e-mail address, name or product name: %s', async (password) =>
    expect(await said(password)).toBe(LIKE_OWNER),
  );

  it.each([
    'Correct horse battery',
    'Annabel likes green trains',
    'Lee-4-Hk2vq9Zt',
    'Dragon84729104735',
    'X'.repeat(128),
  ])('may be any other text: %s', async (password) => expect(await said(password)).toBeUndefined());

  it('may contain a short name by chance', async () => {
    expect(await said('Lannister', { email: 'an@ex.org', name: 'Ann' })).toBeUndefined();
  });

  it('is accepted with an extremely long name and e-mail address', async () => {
    const name = 'a '.repeat(500_000);
    expect(await said('Correct horse battery', { email: `${'x.'.repeat(100_000)}@x`, name })).toBeUndefined();
  });

  it('must have at least PASSWORD_MIN_LENGTH characters, where an emoji counts as one', async () => {
    const env = { PASSWORD_MIN_LENGTH: '15' };
    expect(await said('Password1', ann, env)).toBe('String should have at least 15 characters');
    expect(await said('😀'.repeat(14), ann, env)).toBe('String should have at least 15 characters');
    expect(await said('😀'.repeat(15), ann, env)).toBeUndefined();
  });

  it('may be common in development by default, or if PASSWORD_BLOCKLIST is false', async () => {
    expect(await said('Password1', ann, {})).toBeUndefined();
    expect(await said('Annabel2024', ann, {})).toBeUndefined();
    expect(await said('Password1', ann, { ...production, PASSWORD_BLOCKLIST: 'false' })).toBeUndefined();
    expect(await said('Password1', ann, { PASSWORD_BLOCKLIST: 'true' })).toBe(COMMON);
  });

  it('of an admin in production must not be common, even if PASSWORD_BLOCKLIST is false', async () => {
    const admin = { email: 'boss@example.com', name: 'Admin', role: UserRole.admin };
    const off = { ...production, PASSWORD_BLOCKLIST: 'false' };
    expect(await said('Admin1234', admin, off)).toBe(LIKE_OWNER);
    expect(await said('Password1', admin, off)).toBe(COMMON);
    expect(await said('Password1', admin, {})).toBeUndefined();
  });
});

it('the error contains the location of the password, but not its value', async () => {
  const rules = new PasswordRules(readConfig(production));
  await expect(rules.check('Password1', ann)).rejects.toMatchObject({
    errors: [{ type: 'value_error', loc: ['body', 'password'], msg: COMMON, input: '**********', ctx: { error: {} } }],
  });
  await expect(rules.check('Password1', ann, ['body', 'new_password'])).rejects.toMatchObject({
    errors: [{ loc: ['body', 'new_password'] }],
  });
});
