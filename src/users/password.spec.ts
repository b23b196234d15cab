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
  it('returns an argon2id string with 19 MiB, two passes, one lane, a 16-byte salt and a 32-byte hash', () => {
    const [, algorithm, version, parameters, salt, hash] = hashPassword('Password1').split('$');
    expect([algorithm, version, parameters]).toEqual(['argon2id', 'v=19', 'm=19456,t=2,p=1']);
    expect(Buffer.from(salt!, 'base64')).toHaveLength(16);
    expect(Buffer.from(hash!, 'base64')).toHaveLength(32);
  });

  it('uses a new salt each time', () => {
    expect(hashPassword('Password1')).not.toBe(hashPassword('Password1'));
  });
});

describe('isPassword', () => {
  it.each(['Password1', '  spaces  ', 'Ünï😀Password', 'e\u0301', 'X'.repeat(128)])(
    'accepts the right password %j',
    (password) => {
      expect(isPassword(hashPassword(password), password)).toBe(true);
    },
  );

  it('compares letter case, spaces, accents and length exactly', () => {
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
    ['too much memory', `$argon2id$v=19$m=1048577,t=1,p=1$${salt}$${tag}`],
    ['memory out of range', `$argon2id$v=19$m=99999999999,t=1,p=1$${salt}$${tag}`],
    ['too many passes', `$argon2id$v=19$m=19456,t=11,p=1$${salt}$${tag}`],
    ['too many lanes', `$argon2id$v=19$m=19456,t=1,p=17$${salt}$${tag}`],
    ['another hash format', '$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW'],
    ['an empty string', ''],
    ['contradictory parameters', `$argon2id$v=19$m=8,t=1,p=16$${salt}$${tag}`],
  ] as const;

  it.each(dear)('is false for a stored hash that is too expensive or malformed: %s', (_, stored) => {
    expect(isPassword(stored, 'Password1')).toBe(false);
  });

  it('uses about the same CPU time without an account or with a refused hash as with a valid hash', () => {
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

describe('rehashing', () => {
  it.each(['of less work', 'argon2i'])('happens for the right password if its hash is %s', (name) => {
    expect(isOutdated(hashes[name]!)).toBe(true);
    const { isRight, hash } = run({ compare: 'Password1', stored: hashes[name], renew: true });
    expect(isRight).toBe(true);
    expect(isOutdated(hash!)).toBe(false);
    expect(isPassword(hash, 'Password1')).toBe(true);
  });

  it('does not happen for a wrong password, a current hash or no account, or if not requested', () => {
    expect(run({ compare: 'Password2', stored: hashes['of less work'], renew: true })).toEqual({ isRight: false });
    expect(run({ compare: 'Password1', stored: hashes['current'], renew: true })).toEqual({ isRight: true });
    expect(run({ compare: 'Password1', stored: undefined, renew: true })).toEqual({ isRight: false });
    expect(run({ compare: 'Password1', stored: hashes['of less work'], renew: false })).toEqual({ isRight: true });
  });
});
