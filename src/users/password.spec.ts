import { hash } from '@node-rs/argon2';
import { comparePassword, hashPassword } from './password.js';
import run from './password.worker.js';

const isPassword = (stored: string | undefined, password: string) => comparePassword(stored, password).isRight;
const isOutdated = (stored: string, password = 'Password1') => comparePassword(stored, password).isOutdated;

/** Returns the CPU time of `work` in microseconds: the minimum of five runs, since other load can only increase it. */
function cost(work: () => void): number {
  const costs = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
  return Math.min(...costs);
}

describe('hashPassword', () => {
  it('makes an argon2id string: 19 MiB, two passes, one lane, 16 bytes of salt, 32 of hash', () => {
    const [, algorithm, version, parameters, salt, hash] = hashPassword('Password1').split('$');
    expect([algorithm, version, parameters]).toEqual(['argon2id', 'v=19', 'm=19456,t=2,p=1']);
    expect(Buffer.from(salt!, 'base64')).toHaveLength(16);
    expect(Buffer.from(hash!, 'base64')).toHaveLength(32);
  });

  it('salts: no two are the same', () => {
    expect(hashPassword('Password1')).not.toBe(hashPassword('Password1'));
  });
});

describe('isPassword', () => {
  it.each(['Password1', '  spaces  ', 'Ünï😀Password', 'e\u0301', 'X'.repeat(128)])('knows %j again', (password) => {
    expect(isPassword(hashPassword(password), password)).toBe(true);
  });

  it('compares exactly: case, spaces, marks and length count', () => {
    const stored = hashPassword('Passwörd1');
    for (const other of ['passwörd1', 'Passwörd1 ', ' Passwörd1', 'Passwo\u0301rd1', 'Passwörd', 'Passwörd11', '']) {
      expect(isPassword(stored, other)).toBe(false);
    }
  });

  it('is false without an account', () => {
    expect(isPassword(undefined, 'Password1')).toBe(false);
    expect(isPassword(undefined, '')).toBe(false);
  });

  const [salt, tag] = ['c29tZXNhbHRzb21lc2FsdA', 'A'.repeat(43)];
  const dear = [
    ['memory', `$argon2id$v=19$m=1048577,t=1,p=1$${salt}$${tag}`],
    ['memory beyond all numbers', `$argon2id$v=19$m=99999999999,t=1,p=1$${salt}$${tag}`],
    ['passes', `$argon2id$v=19$m=19456,t=11,p=1$${salt}$${tag}`],
    ['lanes', `$argon2id$v=19$m=19456,t=1,p=17$${salt}$${tag}`],
    ['a form of its own', '$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW'],
    ['nothing', ''],
    ['contradictions', `$argon2id$v=19$m=8,t=1,p=16$${salt}$${tag}`],
  ] as const;

  it.each(dear)('is false for a stored hash that asks for %s, without doing as it says', (_, stored) => {
    expect(isPassword(stored, 'Password1')).toBe(false);
  });

  it('works as hard without an account, or with a hash that is refused, as with one', () => {
    const wrong = cost(() => isPassword(hashes.current, 'x'));
    for (const stored of [undefined, ...dear.slice(0, -1).map(([, hash]) => hash)]) {
      const ratio = cost(() => isPassword(stored, 'x')) / wrong;
      expect(ratio).toBeGreaterThan(0.2);
      expect(ratio).toBeLessThan(5);
    }
  });
});

const hashes: Record<string, string> = {};

beforeAll(async () => {
  hashes['current'] = hashPassword('Password1');
  hashes['of less work'] = await hash('Password1', { memoryCost: 8192, timeCost: 1 });
  hashes['argon2i'] =
    '$argon2i$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Hrbcc75fc6MEQEAdor6RXum/nGPAM7NnfgviHeVuCOw';
});

describe('hashing anew', () => {
  it.each(['of less work', 'argon2i'])('happens to a right password whose hash is %s', (name) => {
    expect(isOutdated(hashes[name]!)).toBe(true);
    const { isRight, hash } = run({ compare: 'Password1', stored: hashes[name], renew: true });
    expect(isRight).toBe(true);
    expect(isOutdated(hash!)).toBe(false);
    expect(isPassword(hash, 'Password1')).toBe(true);
  });

  it('does not happen to a wrong one, nor to one whose hash is as new ones are', () => {
    expect(run({ compare: 'Password2', stored: hashes['of less work'], renew: true })).toEqual({ isRight: false });
    expect(run({ compare: 'Password1', stored: hashes['current'], renew: true })).toEqual({ isRight: true });
    expect(run({ compare: 'Password1', stored: undefined, renew: true })).toEqual({ isRight: false });
    expect(run({ compare: 'Password1', stored: hashes['of less work'], renew: false })).toEqual({ isRight: true });
  });
});
