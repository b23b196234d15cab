import { createHash } from 'node:crypto';
import { accessTokenHash, isAccessToken, newAccessToken } from './access-token.js';

const other = (letter: string) => (letter === 'A' ? 'B' : 'A');

it('is 32 random bytes between a prefix and a checksum', () => {
  const token = newAccessToken();
  expect(token).toMatch(/^aerie_pat_[\w-]{49}$/);
  expect(newAccessToken().slice(0, 53)).not.toBe(token.slice(0, 53));
  expect(isAccessToken(token)).toBe(true);
  expect(isAccessToken('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIyIn0.c2lnbmF0dXJl')).toBe(false);
});

it('is stored as its SHA-256', () => {
  const token = newAccessToken();
  expect(accessTokenHash(token)).toBe(createHash('sha256').update(token).digest('base64url'));
});

it('is none with any character changed, added or left out', () => {
  const token = newAccessToken();
  for (let at = 0; at < token.length; at++) {
    const [head, tail] = [token.slice(0, at), token.slice(at + 1)];
    expect(accessTokenHash(head + other(token[at]!) + tail)).toBeUndefined();
    expect(accessTokenHash(head + tail)).toBeUndefined();
    expect(accessTokenHash(`${head}A${token.slice(at)}`)).toBeUndefined();
  }
  for (const bad of ['', 'aerie_pat_', `${token} `, `${token}\n`, token.toUpperCase()])
    expect(accessTokenHash(bad)).toBeUndefined();
});
