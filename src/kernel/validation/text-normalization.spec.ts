import 'reflect-metadata';
import { performance } from 'node:perf_hooks';
import { IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import type { FieldError } from '../errors/validation-failed.js';
import { HasUpperCase, IsLabel, IsOpaqueString, Trimmed } from './fields.js';
import { toNfc, isOneLine, isVisible, opaqueString, trimmed } from './text-normalization.js';
import { check } from './validate.js';

class Forms {
  @IsOptional()
  @IsString()
  @IsLabel()
  @MinLength(2)
  @MaxLength(5)
  name?: string;

  @IsOptional()
  @IsString()
  @Trimmed()
  @MaxLength(5)
  search?: string;

  @IsOptional()
  @IsString()
  @IsOpaqueString()
  @MinLength(8)
  @MaxLength(12)
  @HasUpperCase('Password must contain uppercase letter')
  password?: string;
}

function judge(values: object) {
  const errors: FieldError[] = [];
  return { value: check(Forms, values, ['body'], 'json', errors), errors };
}

describe('white space around a text', () => {
  it.each([
    ['  Ann ', 'Ann'],
    ['\tAnn\r\n', 'Ann'],
    ['\u00a0Ann\u3000', 'Ann'],
    ['\u2003Ann\u2028', 'Ann'],
    ['\u0085Ann\u1680', 'Ann'],
    ['\ufeffAnn', 'Ann'],
    ['Ann  Lee', 'Ann  Lee'],
    ['\u200bAnn', '\u200bAnn'],
    ['   ', '   '],
    ['a\b\f\n\t', 'a\b\f\n\t'],
    ['', ''],
    ['😀 ', '😀'],
  ])('is trimmed: %j becomes %j', (text, expected) => {
    expect(trimmed(text)).toBe(expected);
  });

  it('is removed before the length is checked, unless the text has nothing else', () => {
    expect(judge({ name: '  Abcde  ', search: ' a ' }).value).toEqual({ name: 'Abcde', search: 'a' });
    expect(judge({ search: '   ' }).value).toEqual({ search: '   ' });
  });

  it.each([' 王 ', 'O\t', '\u00a0O'])('does not count towards the minimum length of a name: %j', (name) => {
    expect(judge({ name }).errors).toMatchObject([{ type: 'string_too_short', input: name, ctx: { min_length: 2 } }]);
  });
});

describe('a name', () => {
  it.each([
    ['two spaces', '  '],
    ['tabs', '\t\t\t'],
    ['zero-width spaces', '\u200b\u200b'],
    ['zero-width joiners and non-joiners', '\u200d\u200c'],
    ['no-break spaces', '\u00a0\u00a0'],
    ['ideographic spaces', '\u3000\u3000'],
    ['soft hyphens', '\u00ad\u00ad'],
    ['Hangul fillers', '\u3164\uffa0\u115f'],
    ['Braille blanks', '\u2800\u2800'],
    ['bidirectional characters', '\u202e\u2066\u200f'],
    ['control characters', '\u0001\u0002\u007f'],
    ['variation selectors', '\ufe0f\ufe0e'],
    ['tag characters', '\u{e0041}\u{e0042}'],
    ['combining marks without a letter', '\u0301\u0301'],
    ['line separators', '\u2028\u2029\u2028'],
    ['noncharacters', '\ufffe\uffff'],
    ['unassigned code points', '\u0378\u0378'],
  ])('that consists only of %s is refused as invisible', (_, name) => {
    expect(isVisible(name)).toBe(false);
    const msg = 'Value error, At least one visible character is needed';
    expect(judge({ name }).errors).toEqual([
      { type: 'value_error', loc: ['body', 'name'], msg, input: name, ctx: { error: {} } },
    ]);
  });

  it.each(['Al', '王五', 'O!', '--', '5 ', 'e\u0301', '👨‍👩‍👧', '🇩🇪', 'नी', 'ก็', '\u200bA', '⠃⠗', '. .', 'ⅷ'])(
    'such as %j is visible',
    (name) => {
      expect(isVisible(name)).toBe(true);
    },
  );

  it('that is too short as sent is reported as too short', () => {
    for (const name of ['', ' ', '\u200b'])
      expect(judge({ name }).errors).toMatchObject([{ type: 'string_too_short' }]);
  });
});

describe('the length of a name', () => {
  it.each([
    ['a zero-width space', 'O\u200b'],
    ['a zero-width joiner', '\u200dO'],
    ['a word joiner', 'O\u2060'],
    ['a soft hyphen', '王\u00ad'],
    ['a Hangul filler', 'O\u3164'],
    ['a Braille blank', 'O\u2800'],
    ['an emoji variation selector', '❤\ufe0f'],
    ['a tag character', 'O\u{e0041}'],
    ['a combining grapheme joiner', 'O\u034f'],
    ['a space that only an invisible character follows', 'O \u200b'],
    ['a noncharacter', 'O\uffff'],
    ['an unassigned code point', 'O\u0378'],
    ['several invisible characters', `\u200b\u200cO\u200d\u2062 \ufe0f`],
  ])('does not count %s', (_, name) => {
    expect(judge({ name }).errors).toMatchObject([{ type: 'string_too_short', input: name, ctx: { min_length: 2 } }]);
  });

  it.each(['O\u200bK', 'नि', 'e\u0301', '👨\u200d👩', '🇩🇪', 'می\u200cر', 'O K', '\u200bOK'])(
    'is sufficient for %j',
    (name) => {
      expect(judge({ name }).value).toEqual({ name });
    },
  );

  it('is compared with the maximum in composed characters', () => {
    const name = 'é'.repeat(5);
    expect(judge({ name: name.normalize('NFD') }).value).toEqual({ name });
    expect(judge({ name: `\t${name.normalize('NFD')} ` }).value).toEqual({ name });
    expect(judge({ search: '한국말이다'.normalize('NFD') }).value).toEqual({ search: '한국말이다' });
    expect(judge({ name: `${name}x`.normalize('NFD') }).errors).toMatchObject([{ type: 'string_too_long' }]);
    expect(judge({ name: 'e\u0301le' }).value).toEqual({ name: 'e\u0301le' });
    expect(judge({ name: 'q\u0301\u0302\u0303\u0304\u0306' }).errors).toMatchObject([{ type: 'string_too_long' }]);
  });
});

describe('a single-line name', () => {
  it.each([
    ['a line feed', 'A\nB'],
    ['a carriage return', 'A\rB'],
    ['a tab', 'A\tB'],
    ['a form feed', 'A\fB'],
    ['an escape character', 'A\u001bB'],
    ['a delete character', 'AB\u007f'],
    ['a C1 control character', 'A\u0085B'],
    ['a line separator', 'A\u2028B'],
    ['a paragraph separator', 'A\u2029B'],
    ['a left-to-right embedding', '\u202aAB'],
    ['a right-to-left embedding', 'A\u202bB'],
    ['the end of an embedding', 'AB\u202c'],
    ['a left-to-right override', 'A\u202dB'],
    ['a right-to-left override', 'A\u202eB'],
    ['a left-to-right isolate', 'A\u2066B'],
    ['a right-to-left isolate', 'A\u2067B'],
    ['a first strong isolate', 'A\u2068B'],
    ['the end of an isolate', 'A\u2069B'],
    ['a left-to-right mark', 'AB\u200e'],
    ['a right-to-left mark', '\u200fAB'],
    ['an Arabic letter mark', 'A\u061cB'],
  ])('cannot contain %s', (_, name) => {
    expect(isOneLine(name)).toBe(false);
    const msg = 'Value error, Line breaks, control characters and bidirectional marks are not allowed';
    expect(judge({ name }).errors).toEqual([
      { type: 'value_error', loc: ['body', 'name'], msg, input: name, ctx: { error: {} } },
    ]);
  });

  it.each(['A B', 'A\u00a0B', 'עברית', 'عربى', 'A\u200cB', 'A\u200dB', 'A-B', '"A"', 'A\u3000B'])(
    'may be %j',
    (name) => {
      expect(judge({ name }).value).toEqual({ name });
    },
  );

  it('has rules that do not apply to other texts', () => {
    expect(judge({ search: 'a\nb\u202e' }).value).toEqual({ search: 'a\nb\u202e' });
  });
});

it('composes characters, except in long rows of combining marks', () => {
  expect(toNfc('e\u0301')).toBe('é');
  const marks = `e${'\u0316\u0301'.repeat(16)}`;
  expect(toNfc(marks)).toBe(marks);
});

describe('a password', () => {
  it.each([
    ['combining accents', 'Man\u0303ana-U\u0308berall', 'Mañana-Überall'],
    ['a no-break space', 'a\u00a0b', 'a b'],
    ['an Ogham space', 'a\u1680b', 'a b'],
    ['an ideographic space', 'a\u3000b', 'a b'],
    ['an angstrom sign', '\u212b', 'Å'],
    ['a decomposed Hangul syllable', '\u1112\u1161\u11ab', '한'],
    ['combining marks in canonical order', 'q\u0323\u0307', 'q\u0323\u0307'],
    ['combining marks in another order', 'q\u0307\u0323', 'q\u0323\u0307'],
    ['a full-width letter', 'Ｐ', 'Ｐ'],
    ['a ligature', 'ﬁ', 'ﬁ'],
    ['white space around it', ' a ', ' a '],
    ['a tab', 'a\tb', 'a\tb'],
    ['upper-case letters', 'AbC', 'AbC'],
  ])('with %s is normalized to one form', (_, password, expected) => {
    expect(opaqueString(password)).toBe(expected);
    expect(opaqueString(expected)).toBe(expected);
  });

  it('has its length checked in the normalized form', () => {
    expect(judge({ password: 'E\u0301e\u0301e\u0301e\u0301' }).errors).toMatchObject([{ type: 'string_too_short' }]);
    expect(judge({ password: 'E\u0301'.repeat(12) }).value).toEqual({ password: 'É'.repeat(12) });
    expect(judge({ password: 'E\u0301'.repeat(13) }).errors).toMatchObject([{ type: 'string_too_long' }]);
    expect(judge({ password: 'ﷺA' }).errors).toMatchObject([{ type: 'string_too_short' }]);
  });

  it('needs an upper-case letter in the normalized form', () => {
    expect(judge({ password: 'e\u0301E\u0301aaaaaa' }).errors).toEqual([]);
    expect(judge({ password: 'ᴬᴬᴬᴬᴬᴬᴬᴬ' }).errors).toMatchObject([{ type: 'value_error' }]);
  });
});

it('long texts are checked in less than one second', () => {
  const began = performance.now();
  for (const text of [
    '\u0301\u0316'.repeat(50_000),
    `${' '.repeat(50_000)}x${' '.repeat(50_000)}x`,
    '\u200b'.repeat(90_000),
  ]) {
    judge({ name: text, search: text, password: text });
  }
  expect(performance.now() - began).toBeLessThan(1000);
});
