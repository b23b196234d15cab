import { createHash } from 'node:crypto';
import {
  hashRecoveryCode,
  isOneTimeCode,
  keyUri,
  newRecoveryCodes,
  newSecret,
  normalizeCode,
  matchingTimeStep,
} from './totp.codes.js';

/** "12345678901234567890" of RFC 6238, appendix B. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

describe('a one-time code', () => {
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('matches the RFC 6238 test vector at second %i', (second, code) => {
    expect(matchingTimeStep(SECRET, code, second * 1000)).toBe(Math.floor(second / 30));
  });

  it('is valid from one time step before its own until one step after it', () => {
    const step = 37_037_037; // 1,111,111,110 s to 1,111,111,139 s
    const at = (ms: number) => matchingTimeStep(SECRET, '050471', step * 30_000 + ms);
    expect([at(-30_001), at(-30_000), at(0), at(59_999), at(60_000)]).toEqual([undefined, step, step, step, undefined]);
  });

  it('consists of six digits, with or without spaces and dashes', () => {
    expect(['123456', '123 456', ' 123-456 '].map((code) => isOneTimeCode(normalizeCode(code)))).toEqual([
      true,
      true,
      true,
    ]);
    expect(['12345', '1234567', '12345a', '', '１２３４５６'].some((code) => isOneTimeCode(normalizeCode(code)))).toBe(
      false,
    );
  });
});

it('a secret has 160 bits and is different each time', () => {
  expect(newSecret()).toMatch(/^[A-Z2-7]{32}$/);
  expect(newSecret()).not.toBe(newSecret());
});

it('the URI for authenticator apps contains the issuer and the account', () => {
  expect(keyUri(SECRET, 'a+b?c&d@example.com')).toBe(
    `otpauth://totp/Aerie:a%2Bb%3Fc%26d%40example.com?issuer=Aerie&secret=${SECRET}&algorithm=SHA1&digits=6&period=30`,
  );
});

describe('recovery codes', () => {
  it('are ten per set, have 120 bits each, and are all different', () => {
    const codes = [newRecoveryCodes(), newRecoveryCodes()].flat();
    for (const code of codes) expect(code).toMatch(/^[a-z2-7]{6}(-[a-z2-7]{6}){3}$/);
    expect(new Set(codes).size).toBe(20);
  });

  it('are hashed with SHA-256, ignoring letter case, dashes and spaces', () => {
    const [code] = newRecoveryCodes() as [string];
    expect(hashRecoveryCode(code.toUpperCase().replaceAll('-', ' '))).toBe(hashRecoveryCode(code));
    expect(hashRecoveryCode(code)).not.toContain(code);
    expect(hashRecoveryCode('ABC-def')).toBe(createHash('sha256').update('abcdef').digest('base64url'));
  });
});
