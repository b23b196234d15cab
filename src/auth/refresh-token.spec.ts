import { childOf, hashOf, newRefreshToken, newSalt, readRefreshToken } from './refresh-token.js';

const SESSION = '5f0c6a0e-6a3b-4f0b-9d6e-0d8a1f6b2c3d';

describe('a refresh token', () => {
  it('tells its session, and is another each time', () => {
    const [one, other] = [newRefreshToken(SESSION), newRefreshToken(SESSION)];
    expect(readRefreshToken(one)!.session_id).toBe(SESSION);
    expect(readRefreshToken(other)!.session_id).toBe(SESSION);
    expect(readRefreshToken(other)!.family_hash).not.toBe(readRefreshToken(one)!.family_hash);
  });

  it('has only characters that need no escape', () => {
    expect(newRefreshToken(SESSION)).toMatch(/^[\w-]{86}$/);
  });

  it('has one child by one salt, of its own session and family, and another by another', () => {
    const [token, salt] = [newRefreshToken(SESSION), newSalt()];
    const child = childOf(token, salt);
    expect(childOf(token, salt)).toBe(child);
    expect(readRefreshToken(child)).toEqual(readRefreshToken(token));
    expect(childOf(token, newSalt())).not.toBe(child);
    expect(childOf(child, salt)).not.toBe(child);
    expect(child.slice(43)).not.toBe(token.slice(43));
  });

  it('of another secret has another child by the same salt', () => {
    const [token, salt] = [newRefreshToken(SESSION), newSalt()];
    const changed = Buffer.from(token, 'base64url');
    changed[63]! ^= 1;
    expect(childOf(changed.toString('base64url'), salt)).not.toBe(childOf(token, salt));
  });

  it('is stored as a hash that does not contain it', () => {
    const token = newRefreshToken(SESSION);
    expect(hashOf(token)).toMatch(/^[\w-]{43}$/);
    expect(hashOf(token)).not.toBe(hashOf(childOf(token, newSalt())));
  });

  it.each([
    ['a byte less', (token: string) => token.slice(0, 84)],
    ['a byte more', (token: string) => `${token}AA`],
    ['another spelling of its last byte', (token: string) => `${token.slice(0, 85)}${token.endsWith('A') ? 'B' : '_'}`],
    ['characters of another base64', (token: string) => `+/${token.slice(2)}`],
    ['a space', (token: string) => `${token} `],
    ['nothing', () => ''],
  ])('cannot be read with %s', (_, change) => {
    expect(readRefreshToken(change(newRefreshToken(SESSION)))).toBeUndefined();
  });
});
