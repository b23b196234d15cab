import { document, objects } from '../support/openapi.js';

const patterns = [
  ...new Set([...objects(document)].flatMap(([, { pattern }]) => (typeof pattern === 'string' ? [pattern] : []))),
];

/** Syntax that ECMAScript without flags, RE2 (Go) or Python's re does not support or interprets differently. */
const OF_SOME_ONLY: Record<string, RegExp> = {
  'Unicode property escapes': /\\[pPX]/,
  'code point escapes with \\u': /\\[uU]/,
  'lookaround or named groups': /\(\?(?!:)/,
  backreferences: /\\[1-9k]/,
  'letter escapes for anchors and boundaries': /\\[AzZbBGQE]/,
  'possessive quantifiers': /[*+?}]\+/,
  'nested character classes or set operations': /\[\[:|&&|--\]/,
};

it('the document has more than five patterns', () => {
  expect(patterns.length).toBeGreaterThan(5);
});

it.each(Object.entries(OF_SOME_ONLY))('no pattern uses %s', (_, sign) => {
  expect(patterns.filter((pattern) => sign.test(pattern))).toEqual([]);
});

it.each(['', 'u'])('every pattern is valid in ECMAScript with the flags "%s"', (flags) => {
  for (const pattern of patterns) expect(() => new RegExp(pattern, flags)).not.toThrow();
});

it('the pattern for text matches every text without NUL and no other', () => {
  for (const flags of ['', 'u']) {
    const storable = new RegExp(
      patterns.find((pattern) => pattern.includes('\\x00'))!,
      flags,
    );
    for (const text of ['', 'a', 'é', '😀', 'a\nb', ' ', '\u0001']) expect(storable.test(text)).toBe(true);
    for (const text of ['\0', 'a\0b', 'a\n\0']) expect(storable.test(text)).toBe(false);
  }
});

it('the password rule is described in words, with the same pattern as any text', () => {
  const passwords = [...objects(document)].filter(([at]) => /\/properties\/(?:new_)?password$/.test(at));
  const rules = passwords.filter(([, schema]) => schema['minLength'] === 8);
  expect(rules.length).toBeGreaterThan(2);
  for (const [, schema] of rules) {
    expect(schema).toMatchObject({ pattern: '^[^\\x00]*$', description: expect.stringContaining('upper-case letter') });
  }
});
