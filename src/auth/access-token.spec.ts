import { createHash } from 'node:crypto';
import { accessTokenHash, isPersonalAccessToken, newAccessToken } from './access-token.js';

const other = (letter: string) => (letter === 'A' ? 'B' : 'A');

it('an access token consists of a prefix, 32 random bytes and a checksum', () => {
  const token = newAccessToken();
  expect(token).toMatch(/^aerie_pat_[\w-]{49}$/);
  expect(newAccessToken().slice(0, 53)).not.toBe(token.slice(0, 53));
  expect(isPersonalAccessToken(token)).toBe(true);
  expect(isPersonalAccessToken('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIyIn0.c2lnbmF0dXJl')).toBe(false);
});

it('an access token is stored as its SHA-256 hash', () => {
  const token = newAccessToken();
  expect(accessTokenHash(token)).toBe(createHash('sha256').update(token).digest('base64url'));
});

it('an access token is invalid if any character is changed, added or removed', () => {
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
