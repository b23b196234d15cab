import { randomBytes } from 'node:crypto';
import { isGuessable } from './secret-strength.js';

it.each(['hex', 'base64', 'base64url'] as const)('32 random bytes in %s are not guessable', (encoding) => {
  const keys = Array.from({ length: 500 }, () => randomBytes(32).toString(encoding));
  expect(keys.filter(isGuessable)).toEqual([]);
});

it.each([
  ['one repeated character', 'X'.repeat(64)],
  ['one repeated non-ASCII character', 'Ä'.repeat(32)],
  ['two alternating characters', 'Ab'.repeat(24)],
  ['a sequence', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'],
  ['a descending sequence', '9876543210ZYXWVUTSRQPONMLKJIHGFEDCBA'],
  ['a repeated word with a year', 'Summer2026!'.repeat(3)],
  ['a repeated password with a counter', 'Password1Password2Password3Password4'],
  ['keyboard rows', 'qwertyuiopasdfghjklzxcvbnm1234567890'],
  ['words', 'correct horse battery staple correct'],
  ['words without spaces', 'correcthorsebatterystaplecorrectly'],
  ['words from sample secrets', 'Aerie-Secret-Key-Production-1'],
])('a guessable secret is detected: %s', (_, secret) => {
  expect(isGuessable(secret)).toBe(true);
});
