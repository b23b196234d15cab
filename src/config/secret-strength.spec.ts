import { randomBytes } from 'node:crypto';
import { isGuessable } from './secret-strength.js';

it.each(['hex', 'base64', 'base64url'] as const)('32 random bytes in %s are not guessable', (encoding) => {
  const keys = Array.from({ length: 500 }, () => randomBytes(32).toString(encoding));
  expect(keys.filter(isGuessable)).toEqual([]);
});

it.each([
  ['one character', 'X'.repeat(64)],
  ['one character beyond ASCII', 'Ä'.repeat(32)],
  ['two characters', 'Ab'.repeat(24)],
  ['a sequence', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'],
  ['a sequence that falls', '9876543210ZYXWVUTSRQPONMLKJIHGFEDCBA'],
  ['a year again and again', 'Summer2026!'.repeat(3)],
  ['a password that is counted on', 'Password1Password2Password3Password4'],
  ['rows of a keyboard', 'qwertyuiopasdfghjklzxcvbnm1234567890'],
  ['words', 'correct horse battery staple correct'],
  ['words without spaces', 'correcthorsebatterystaplecorrectly'],
  ['words of samples in between', 'Aerie-Secret-Key-Production-1'],
])('a guessable secret is detected: %s', (_, secret) => {
  expect(isGuessable(secret)).toBe(true);
});
