import { deriveNextToken, hashRefreshToken, newRefreshToken, newSalt, parseRefreshToken } from './refresh-token.js';

const SESSION = '5f0c6a0e-6a3b-4f0b-9d6e-0d8a1f6b2c3d';

describe('a refresh token', () => {
  it('contains the session id and is different each time', () => {
    const [one, other] = [newRefreshToken(SESSION), newRefreshToken(SESSION)];
    expect(parseRefreshToken(one)!.session_id).toBe(SESSION);
    expect(parseRefreshToken(other)!.session_id).toBe(SESSION);
    expect(parseRefreshToken(other)!.family_hash).not.toBe(parseRefreshToken(one)!.family_hash);
  });

  it('consists of 86 URL-safe characters', () => {
    expect(newRefreshToken(SESSION)).toMatch(/^[\w-]{86}$/);
  });

  it('has exactly one successor per salt, in the same session and family', () => {
    const [token, salt] = [newRefreshToken(SESSION), newSalt()];
    const child = deriveNextToken(token, salt);
    expect(deriveNextToken(token, salt)).toBe(child);
    expect(parseRefreshToken(child)).toEqual(parseRefreshToken(token));
    expect(deriveNextToken(token, newSalt())).not.toBe(child);
    expect(deriveNextToken(child, salt)).not.toBe(child);
    expect(child.slice(43)).not.toBe(token.slice(43));
  });

  it('with a different secret has a different successor for the same salt', () => {
    const [token, salt] = [newRefreshToken(SESSION), newSalt()];
    const changed = Buffer.from(token, 'base64url');
    changed[63]! ^= 1;
    expect(deriveNextToken(changed.toString('base64url'), salt)).not.toBe(deriveNextToken(token, salt));
  });

  it('is stored as a hash of 43 characters, which differs for its successor', () => {
    const token = newRefreshToken(SESSION);
    expect(hashRefreshToken(token)).toMatch(/^[\w-]{43}$/);
    expect(hashRefreshToken(token)).not.toBe(hashRefreshToken(deriveNextToken(token, newSalt())));
  });

  it.each([
    ['one byte too short', (token: string) => token.slice(0, 84)],
    ['one byte too long', (token: string) => `${token}AA`],
    ['another encoding of the last byte', (token: string) => `${token.slice(0, 85)}${token.endsWith('A') ? 'B' : '_'}`],
    ['characters of standard base64', (token: string) => `+/${token.slice(2)}`],
    ['a trailing space', (token: string) => `${token} `],
    ['an empty string', () => ''],
  ])('cannot be parsed if it is malformed: %s', (_, change) => {
    expect(parseRefreshToken(change(newRefreshToken(SESSION)))).toBeUndefined();
  });
});
