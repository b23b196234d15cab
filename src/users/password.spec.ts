import { hashPassword, isPassword } from './password.js';

/** Whether the task is still at work when the event loop has come round: hashing is, a mere refusal is not. */
async function works(task: Promise<unknown>): Promise<boolean> {
  const round = new Promise<'round'>((resolve) => setImmediate(resolve, 'round'));
  const first = await Promise.race([task.then(() => 'done'), round]);
  await task;
  return first === 'round';
}

describe('hashPassword', () => {
  it('makes an argon2id string: 19 MiB, two passes, one lane, 16 bytes of salt, 32 of hash', async () => {
    const [, algorithm, version, parameters, salt, hash] = (await hashPassword('Password1')).split('$');
    expect([algorithm, version, parameters]).toEqual(['argon2id', 'v=19', 'm=19456,t=2,p=1']);
    expect(Buffer.from(salt!, 'base64')).toHaveLength(16);
    expect(Buffer.from(hash!, 'base64')).toHaveLength(32);
  });

  it('salts: no two are the same', async () => {
    expect(await hashPassword('Password1')).not.toBe(await hashPassword('Password1'));
  });
});

describe('isPassword', () => {
  it.each(['Password1', '  spaces  ', 'Ünï😀Password', 'e\u0301', 'X'.repeat(128)])(
    'knows %j again',
    async (password) => {
      expect(await isPassword(await hashPassword(password), password)).toBe(true);
    },
  );

  it('compares exactly: case, spaces, composition and length count', async () => {
    const stored = await hashPassword('Passwörd1');
    for (const other of ['passwörd1', 'Passwörd1 ', ' Passwörd1', 'Passwo\u0308rd1', 'Passwörd', 'Passwörd11', '']) {
      expect(await isPassword(stored, other)).toBe(false);
    }
  });

  it('is false without an account, even for the password of the stand-in', async () => {
    expect(await isPassword(undefined, 'Password1')).toBe(false);
    expect(await isPassword(undefined, '')).toBe(false);
  });

  it('works as hard without an account as with one', async () => {
    const stored = await hashPassword('Password1');
    await isPassword(undefined, 'x'); // the stand-in is made once
    expect(await works(isPassword(stored, 'x'))).toBe(true);
    expect(await works(isPassword(undefined, 'x'))).toBe(true);
  });
});
