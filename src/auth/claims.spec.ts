import { keyIdOf, subjectOf } from './claims.js';

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
const token = (header: unknown, claims: unknown = {}) => `${encode(header)}.${encode(claims)}.seal`;

describe('the key id of a token', () => {
  it.each([
    [{ alg: 'HS256', kid: 'a' }, 'a'],
    [{ alg: 'HS256', typ: 'JWT', kid: '' }, ''],
    [{ alg: 'HS256', typ: 'at+jwt', kid: 'a' }, 'a'],
    [{ alg: 'HS256', typ: 'JWT' }, undefined],
    [{}, undefined],
  ])('with the header %j is %j', (header, kid) => {
    expect(keyIdOf(token(header))).toBe(kid);
  });

  it.each([
    { typ: 'refresh+jwt', kid: 'a' },
    { typ: 'AT+JWT', kid: 'a' },
    { typ: '', kid: 'a' },
    { typ: null, kid: 'a' },
    { kid: 1 },
    { kid: null },
    { kid: ['a'] },
    { alg: 'HS256', kid: 'a', jwk: {} },
    { alg: 'HS256', kid: 'a', jku: '' },
    { x5u: '' },
    { crit: [] },
    { '': 'a' },
    null,
    ['HS256'],
  ])('is false if the header is malformed or not allowed: %j', (header) => {
    expect(keyIdOf(token(header))).toBe(false);
  });

  it.each(['', '.', 'a', 'a.b.c', encode({}), `${encode({})}.`, `.${encode({})}`, token({}, null), token(null, {})])(
    'is false if the token is malformed: %j',
    (text) => {
      expect(keyIdOf(text)).toBe(false);
    },
  );

  it('is false if the token is longer than 4,096 characters', () => {
    const long = token({ kid: 'a' });
    expect(keyIdOf(long.padEnd(4096, 'x'))).toBe('a');
    expect(keyIdOf(long.padEnd(4097, 'x'))).toBe(false);
  });
});

describe('the subject of claims', () => {
  const NOW = 1_000_000;
  const SESSION = '5f0c6a0e-6a3b-4f0b-9d6e-0d8a1f6b2c3d';
  const GOOD = { sub: '7', sid: SESSION, jti: 'x', iat: NOW, nbf: NOW, exp: NOW + 0.001 };
  const judge = (changed: object = {}) => subjectOf({ ...GOOD, ...changed }, NOW);

  it('consists of the account id and session id if the claims are valid', () => {
    expect(judge()).toEqual({ id: 7, session_id: SESSION });
    expect(judge({ iat: NOW - 1, nbf: NOW - 1, exp: NOW + 1 })).toBeDefined();
    expect(judge({ iat: undefined, nbf: undefined })).toBeDefined();
    expect(judge({ scope: 'write' })).toBeDefined();
    expect(judge({ sid: SESSION.toUpperCase() })).toEqual({ id: 7, session_id: SESSION.toUpperCase() });
    expect(judge({ sub: '2147483647' })).toMatchObject({ id: 2_147_483_647 });
  });

  it.each([
    { iat: NOW + 1.5, nbf: NOW + 1.5, exp: NOW + 900 },
    { iat: NOW + 5, nbf: NOW + 5, exp: NOW + 905 },
    { iat: NOW + 0.001, nbf: NOW - 1 },
    { iat: NOW - 1, nbf: NOW + 2 },
    { iat: NOW + 4.999, nbf: undefined },
    { iat: undefined, nbf: NOW + 3 },
  ])('is returned if the clock of the issuer is up to 5 seconds ahead: %j', (changed) => {
    expect(judge(changed)).toBeDefined();
  });

  it.each([0, 0.001, 1, 1.5, 4.999, 5, 60])('is undefined %d s after expiry, without leeway', (seconds) => {
    expect(judge({ exp: NOW - seconds })).toBeUndefined();
  });

  it.each([
    ...['sub', 'sid', 'jti', 'exp'].map((name) => ({ [name]: undefined })),
    ...Object.keys(GOOD).flatMap((name) => [{ [name]: null }, { [name]: {} }, { [name]: true }]),
    ...['', '0', '07', '-1', '7 ', ' 7', '7\n', '1e1', '7.0', '2147483648', '99999999999', '٣'].map((sub) => ({ sub })),
    { sub: 7 },
    { sub: ['7'] },
    { jti: 1 },
    ...['', 'x', SESSION.slice(1), `${SESSION}0`, ` ${SESSION}`, `${SESSION}\n`, SESSION.replace('5', 'g')].map(
      (sid) => ({ sid }),
    ),
    ...[SESSION.replaceAll('-', ''), SESSION.replace('-', '_'), SESSION.replace('6a3b', '6a3')].map((sid) => ({ sid })),
    { sid: SESSION.replace('2c3d', 'zzzz') },
    { sid: [SESSION] },
    { exp: NOW },
    { exp: NOW - 1 },
    { exp: 0 },
    { exp: String(NOW + 60) },
    { exp: [NOW + 60] },
    { iat: NOW + 5.001 },
    { iat: String(NOW - 1) },
    ...['read', '', 'write ', null, true, ['write']].map((scope) => ({ scope })),
    { nbf: NOW + 5.001 },
    { iat: NOW + 60, nbf: NOW },
    { iat: NOW, nbf: NOW + 60 },
    { nbf: String(NOW - 1) },
  ])('is undefined if a claim is missing or invalid: %j', (changed) => {
    expect(judge(changed)).toBeUndefined();
  });
});
