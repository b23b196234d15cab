import { parseIdempotencyKey } from './parse-idempotency-key.js';

describe('an idempotency key', () => {
  it.each([
    ['8e03978e-40d5-43e8-bc93-6894a57f9324', '8e03978e-40d5-43e8-bc93-6894a57f9324'],
    ['"8e03978e"', '8e03978e'],
    ['x', 'x'],
    ["!#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "!#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"],
    [String.raw`"say \"yes\" or \\no"`.replaceAll(' ', '_'), String.raw`say_"yes"_or_\no`],
    ['k'.repeat(255), 'k'.repeat(255)],
    [`"${'k'.repeat(253)}"`, 'k'.repeat(253)],
  ])('%j is parsed as %j', (value, key) => expect(parseIdempotencyKey(value)).toBe(key));

  it.each([
    '',
    '""',
    '"',
    'a b',
    '"a b"',
    'a"b',
    '"a"b"',
    '"a',
    'a\tb',
    'schlüssel',
    'a, b',
    '"a"; b=1',
    String.raw`"a\b"`,
  ])('%j is refused', (value) =>
    expect(() => parseIdempotencyKey(value)).toThrow('must be 1 to 255 visible ASCII characters'),
  );

  it.each([
    'k'.repeat(256),
    'k'.repeat(512),
    `"${'k'.repeat(254)}"`,
    `"${'k'.repeat(256)}"`,
    `"${String.raw`\"`.repeat(127)}"`,
  ])('longer than 255 characters as sent is refused', (value) =>
    expect(() => parseIdempotencyKey(value)).toThrow('must be 1 to 255 visible ASCII characters'),
  );
});
