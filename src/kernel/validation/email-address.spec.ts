import { performance } from 'node:perf_hooks';
import fc from 'fast-check';
import { emailAddress, mailboxOf } from './email-address.js';

const emailOf = (text: string) => {
  const address = emailAddress(text);
  return 'email' in address ? address.email : undefined;
};

/** Spellings of one mailbox in each list. The first one is the canonical form. */
const MAILBOXES: readonly (readonly string[])[] = [
  ['josé@example.com', 'jose\u0301@example.com', 'JOSÉ@example.com', 'JOSE\u0301@EXAMPLE.COM'],
  [
    'bob@münchen.example',
    'bob@mu\u0308nchen.example',
    'bob@xn--mnchen-3ya.example',
    'BOB@XN--MNCHEN-3YA.EXAMPLE',
    'bob@MÜNCHEN.example',
    'bob@ｍünchen.example',
    'bob@münchen。example',
  ],
  ['a@straße.example', 'a@xn--strae-oqa.example', 'A@STRAẞE.example'],
  ['a@βόλος.example', 'a@xn--nxasmm1c.example', 'a@ΒΌΛΟΣ.example'.replace('Σ', 'ς')],
  ['用户@例え.example', '用户@xn--r8jz45g.example'],
  ['가@example.com', '\u1100\u1161@example.com'],
  ['ann@example.com', 'Ann@Example.com', 'ann@ＥＸＡＭＰＬＥ.com'],
  ['å@example.com', '\u212b@example.com', 'A\u030a@example.com'],
  ['ạ\u0307@example.com', 'a\u0307\u0323@example.com', 'A\u0323\u0307@example.com'],
  ['a@אבג.example', 'a@xn--4dbcd.example'],
  ['a@kelvin.example', 'a@\u212aelvin.example'],
];

it.each(MAILBOXES)('all spellings of %s have the same canonical form', (email, ...spellings) => {
  for (const spelling of [email, ...spellings]) expect([spelling, emailOf(spelling)]).toEqual([spelling, email]);
});

it.each([
  ['a@strasse.example', 'a@straße.example'],
  ['ann+a@example.com', 'ann+b@example.com'],
  ['an.n@example.com', 'ann@example.com'],
  ['аnn@example.com', 'ann@example.com'], // Cyrillic
  ['o@example.com', 'ø@example.com'],
  ['ı@example.com', 'i@example.com'],
])('%s and %s are different mailboxes', (one, other) => {
  expect(emailOf(one)).toBe(one);
  expect(emailOf(other)).toBe(other);
});

describe('an invalid address', () => {
  it.each([
    ['a zero-width space at the end', 'user@example.com\u200b'],
    ['a zero-width space at the beginning', '\u200buser@example.com'],
    ['a zero-width space in the domain', 'user@exam\u200bple.com'],
    ['a byte order mark', '\ufeffuser@example.com'],
    ['a soft hyphen', 'us\u00ader@example.com'],
    ['a soft hyphen in the domain, which IDNA removes', 'user@exam\u00adple.com'],
    ['a word joiner', 'us\u2060er@example.com'],
    ['a zero-width joiner', 'us\u200der@example.com'],
    ['a zero-width joiner in the domain, where IDNA allows it', 'a@क\u094d\u200dष.example'],
    ['a zero-width joiner in a Punycode domain', 'a@xn--11b2ezcw70k.example'],
    ['a variation selector', 'a\ufe0f@example.com'],
    ['a combining grapheme joiner', 'a\u034f@example.com'],
    ['a Hangul filler', '\u3164@example.com'],
    ['a Braille blank', '\u2800@example.com'],
    ['a bidirectional override', 'user\u202e@example.com'],
    ['a bidirectional isolate', 'us\u2066er@example.com'],
    ['a right-to-left mark in the domain', 'a@\u200fאבג.example'],
    ['a no-break space', 'a\u00a0b@example.com'],
    ['an ideographic space', 'a\u3000b@example.com'],
    ['a line separator', 'a\u2028b@example.com'],
    ['a next-line character', 'a\u0085b@example.com'],
    ['a control character', 'a\u0001b@example.com'],
    ['a line break at the end', 'a@example.com\n'],
    ['a space at the beginning', ' a@example.com'],
    ['a tab at the end', 'a@example.com\t'],
    ['an injected header in quotes', '"a\r\nBcc: v@evil.example"@example.com'],
    ['a quoted local part', '"ann"@example.com'],
    ['a space in quotes', '"a b"@example.com'],
    ['an @ in quotes', '"a@b"@example.com'],
    ['an angle bracket in quotes', '"e>"@example.com'],
    ['a comma in quotes', '"a,b"@example.com'],
    ['angle brackets', 'Ann <ann@example.com>'],
    ['a comment', 'ann(work)@example.com'],
    ['a full-width letter', 'ａnn@example.com'],
    ['a ligature', 'ﬁona@example.com'],
    ['a superscript digit', 'a²@example.com'],
    ['a combining mark at the beginning', '\u0301a@example.com'],
    ['a combining mark after a dot', 'a.\u0301a@example.com'],
    ['an unassigned code point', '\u0378@example.com'],
    ['a private-use code point', '\ue000@example.com'],
    ['an emoji', '😀@example.com'],
    ['a percent sign in the domain', 'a@ex%61mple.com'],
    ['a path', 'a@example.com/b'],
    ['a path with a full-width slash', 'a@example.com／b'],
    ['a port', 'a@example.com:25'],
    ['two @ characters', 'a@b@example.com'],
    ['an abbreviated IP address', 'a@127.1'],
    ['an IP address with full-width digits', 'a@１２７.0.0.1'],
    ['a hexadecimal IP address', 'a@0x7f.1'],
    ['an invalid Punycode label', 'a@xn--a.example'],
    ['a Punycode label of ASCII only', 'a@xn--example-.com'],
    ['both text directions in a domain label', 'a@אaב.example'],
    ['a domain label of more than 63 octets', `a@${'ü'.repeat(60)}.example`],
    ['a local part of more than 64 octets', `${'é'.repeat(33)}@example.com`],
    ['a full-width dot in the local part', 'a．b@example.com'],
    ['a mathematical letter', '\u{1d41a}nn@example.com'],
  ])('with %s is refused: %j', (_, text) => {
    expect(emailAddress(text)).toEqual({ reason: 'It is not a valid address.' });
  });

  it.each(['a＠example.com', 'a﹫example.com'])('with another @ character is refused: %s', (text) => {
    expect(emailAddress(text)).toEqual({ reason: 'An email address must have an @-sign.' });
  });
});

it('the canonical form of an address is not changed again', () => {
  const part = fc.string({
    unit: fc.constantFrom(...'aZ9.-+_éÉ\u0301\u0323ßẞΣςσKﬁıİ用가\u1100\u1161ａ\u200b"'),
    maxLength: 8,
  });
  const domain = fc.string({ unit: fc.constantFrom(...'aZ9.-éÉ\u0301ßẞΣςK用。ｂ\u00ad'), minLength: 1, maxLength: 8 });
  let taken = 0;
  fc.assert(
    fc.property(part, domain, (before, behind) => {
      const email = emailOf(`${before}@${behind}.example`);
      if (email === undefined) return;
      taken++;
      expect([emailOf(email), email.normalize('NFC'), email.toLowerCase()]).toEqual([email, email, email]);
    }),
    { numRuns: 3000 },
  );
  expect(taken).toBeGreaterThan(200);
});

it('mailboxOf returns the canonical form, or the text in lower case for an invalid address', () => {
  expect(mailboxOf('"Ann"@example.com')).toBe('"ann"@example.com');
  expect(mailboxOf('Bob@xn--mnchen-3ya.example')).toBe('bob@münchen.example');
});

it('long texts are checked in less than one second', () => {
  const began = performance.now();
  for (const text of ['\u0301\u0316', 'a.', '@', ' ', 'a@', 'ü', 'xn--']) {
    emailAddress(text.repeat(50_000));
    emailAddress(`a@${text.repeat(400)}.com`);
    emailAddress(`${text.repeat(400)}@example.com`);
  }
  expect(performance.now() - began).toBeLessThan(1000);
});
