import { TOTP, Secret } from 'otpauth';
import { sealingKeys, sealSecret } from './sealed-secret.js';
import { hashRecoveryCode, newRecoveryCodes } from './totp.codes.js';
import type { Totp } from './totp.entity.js';
import { verifyCode } from './totp.verification.js';

const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const STEP = 60_000_000;
const NOW = STEP * 30_000 + 1000;
const keys = sealingKeys(['Zq8vN3xW5kT1mB7rY0hJ4uE9sL6dA2cFgPiOoXw']);
const codeAt = (ms: number) => TOTP.generate({ secret: Secret.fromBase32(SECRET), timestamp: ms });
const codes = newRecoveryCodes();
const recovery_hashes = codes.map(hashRecoveryCode);

const FACTOR = {
  user_id: 7,
  sealed_secret: sealSecret(keys, 7, SECRET),
  last_step: 0,
  failures: 3,
  failed_at: null,
  recovery_hashes,
};
const judge = (code: string, changed: Partial<Totp> = {}) =>
  verifyCode({ ...FACTOR, ...changed } as Totp, keys, code, NOW);
const FAILED = { passed: false, changes: { failures: 4, failed_at: new Date(NOW) } };
const PASSED = { passed: true, changes: { last_step: STEP, failures: 0, failed_at: null } };
const WITHOUT_EFFECT = { passed: false, changes: {} };

describe('a one-time code', () => {
  it('is accepted once in its time step, with or without separators', () => {
    const code = codeAt(NOW);
    expect(judge(code)).toEqual(PASSED);
    expect(judge(` ${code.slice(0, 3)}-${code.slice(3)}`)).toEqual(PASSED);
    expect(judge(code, { last_step: STEP - 1 })).toEqual(PASSED);
    for (const last_step of [STEP, STEP + 1]) expect(judge(code, { last_step })).toEqual(FAILED);
  });

  it('is refused at another time, for another account, or if the sealed secret is invalid', () => {
    for (const ms of [-90_000, 90_000]) expect(judge(codeAt(NOW + ms))).toEqual(FAILED);
    expect(judge(codeAt(NOW), { user_id: 8 })).toEqual(FAILED);
    expect(judge(codeAt(NOW), { sealed_secret: 'x' })).toEqual(FAILED);
  });

  it.each([
    [4, 0],
    [5, 1],
    [6, 2],
    [7, 4],
    [14, 512],
    [15, 900],
    [100, 900],
  ])('after %i failures has no effect for %i seconds, whether right or wrong', (failures, seconds) => {
    const at = (ms: number, code: string) => judge(code, { failures, failed_at: new Date(NOW - ms) });
    const after = [codeAt(NOW), codeAt(NOW + 90_000)].map((code) => at(seconds * 1000, code).changes.failures);
    expect(after).toEqual([0, failures + 1]);
    const before = [codeAt(NOW), codeAt(NOW + 90_000)].map((code) => at(seconds * 1000 - 1, code));
    if (seconds > 0) expect(before).toEqual([WITHOUT_EFFECT, WITHOUT_EFFECT]);
  });
});

describe('a recovery code', () => {
  it('works once, even while one-time codes are refused after failures', () => {
    const waiting = { failures: 50, failed_at: new Date(NOW) };
    const left = recovery_hashes.filter((_, i) => i !== 3);
    const expected = { passed: true, changes: { recovery_hashes: left, failures: 0, failed_at: null } };
    expect(judge(codes[3]!, waiting)).toEqual(expected);
    expect(judge(codes[3]!.toUpperCase().replaceAll('-', ' '))).toEqual(expected);
    expect(judge(codes[3]!, { recovery_hashes: left })).toEqual(WITHOUT_EFFECT);
  });

  it.each(['', 'x', '12345', '1234567', newRecoveryCodes()[0]!, hashRecoveryCode(codes[0]!)])(
    'is refused without effect if it is invalid: %j',
    (code) => {
      expect(judge(code)).toEqual(WITHOUT_EFFECT);
    },
  );
});
