import { openRefreshToken, refreshToken } from './refresh-token.js';

const KEY = 'a key that is long enough to be one';
const SESSION = '5f0c6a0e-6a3b-4f0b-9d6e-0d8a1f6b2c3d';
const encode = (text: string) => Buffer.from(text).toString('base64url');

describe('a refresh token', () => {
  it('opens to the session and the generation that it was made of', () => {
    for (const generation of [0, 1, 2_147_483_647]) {
      const token = refreshToken(KEY, SESSION, generation);
      expect(openRefreshToken(KEY, token)).toEqual({ session_id: SESSION, generation });
    }
  });

  it('is the same each time for the same generation, and another for each', () => {
    expect(refreshToken(KEY, SESSION, 1)).toBe(refreshToken(KEY, SESSION, 1));
    expect(refreshToken(KEY, SESSION, 1)).not.toBe(refreshToken(KEY, SESSION, 2));
  });

  it('carries a seal of 256 bits and only characters that need no escape', () => {
    const token = refreshToken(KEY, SESSION, 1);
    expect(token).toMatch(/^[\w-]+\.[\w-]+$/);
    expect(Buffer.from(token.split('.')[1]!, 'base64url')).toHaveLength(32);
  });

  it('opens with the key that sealed it only', () => {
    expect(openRefreshToken(`${KEY}.`, refreshToken(KEY, SESSION, 1))).toBeUndefined();
  });

  it.each([
    ['another generation', (_: string, seal: string) => `${encode(`${SESSION}.2`)}.${seal}`],
    ['another session', (_: string, seal: string) => `${encode(`${SESSION.replace('5', '6')}.1`)}.${seal}`],
    ['a longer generation', (_: string, seal: string) => `${encode(`${SESSION}.10`)}.${seal}`],
    ['a changed seal', (head: string, seal: string) => `${head}.${seal.startsWith('A') ? 'B' : 'A'}${seal.slice(1)}`],
    ['a shorter seal', (head: string, seal: string) => `${head}.${seal.slice(1)}`],
    ['no seal', (head: string) => head],
    ['an empty seal', (head: string) => `${head}.`],
    ['a third part', (head: string, seal: string) => `${head}.${seal}.`],
    ['nothing', () => ''],
    ['dots', () => '..'],
    ['characters of several bytes', (head: string, seal: string) => `${head}.${'é'.repeat(seal.length)}`],
  ])('does not open with %s', (_, change) => {
    const [head, seal] = refreshToken(KEY, SESSION, 1).split('.') as [string, string];
    expect(openRefreshToken(KEY, change(head, seal))).toBeUndefined();
  });
});
