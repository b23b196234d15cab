import 'reflect-metadata';
import { performance } from 'node:perf_hooks';
import { IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import type { FieldError } from '../errors/validation-failed.js';
import { HasUpperCase, HasVisible, IsOpaqueString, Trimmed } from './fields.js';
import { isVisible, opaqueString, trimmed } from './text-forms.js';
import { check } from './validate.js';

class Forms {
  @IsOptional()
  @IsString()
  @Trimmed()
  @HasVisible()
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
  ])('is none of it: %j', (text, expected) => {
    expect(trimmed(text)).toBe(expected);
  });

  it('is not counted, nor kept', () => {
    expect(judge({ name: '  Abcde  ', search: ' a ' }).value).toEqual({ name: 'Abcde', search: 'a' });
    expect(judge({ search: '   ' }).value).toEqual({ search: '   ' });
  });

  it.each([' 王 ', 'O\t', '\u00a0O'])('does not make a name of one character a good one: %j', (name) => {
    expect(judge({ name }).errors).toMatchObject([{ type: 'string_too_short', input: name, ctx: { min_length: 2 } }]);
  });
});

describe('a name', () => {
  it.each([
    ['two spaces', '  '],
    ['tabs', '\t\t\t'],
    ['zero-width spaces', '\u200b\u200b'],
    ['joiners', '\u200d\u200c'],
    ['no-break spaces', '\u00a0\u00a0'],
    ['ideographic spaces', '\u3000\u3000'],
    ['soft hyphens', '\u00ad\u00ad'],
    ['fillers of Hangul', '\u3164\uffa0\u115f'],
    ['blanks of Braille', '\u2800\u2800'],
    ['marks of direction', '\u202e\u2066\u200f'],
    ['controls', '\u0001\u0002\u007f'],
    ['variation selectors', '\ufe0f\ufe0e'],
    ['tags', '\u{e0041}\u{e0042}'],
    ['marks without a letter', '\u0301\u0301'],
    ['line separators', '\u2028\u2029\u2028'],
    ['noncharacters', '\ufffe\uffff'],
    ['unassigned code points', '\u0378\u0378'],
  ])('of %s alone cannot be seen', (_, name) => {
    expect(isVisible(name)).toBe(false);
    const msg = 'Value error, At least one visible character is needed';
    expect(judge({ name }).errors).toEqual([
      { type: 'value_error', loc: ['body', 'name'], msg, input: name, ctx: { error: {} } },
    ]);
  });

  it.each(['Al', '王五', 'O!', '--', '5 ', 'e\u0301', '👨‍👩‍👧', '🇩🇪', 'नी', 'ก็', '\u200bA', '⠃⠗', '. .', 'ⅷ'])(
    'such as %j can be seen',
    (name) => {
      expect(isVisible(name)).toBe(true);
    },
  );

  it('that is too short as it came is told as that', () => {
    for (const name of ['', ' ', '\u200b'])
      expect(judge({ name }).errors).toMatchObject([{ type: 'string_too_short' }]);
  });
});

describe('a password', () => {
  it.each([
    ['an accent that stands alone', 'Man\u0303ana-U\u0308berall', 'Mañana-Überall'],
    ['a no-break space', 'a\u00a0b', 'a b'],
    ['a space of Ogham', 'a\u1680b', 'a b'],
    ['an ideographic space', 'a\u3000b', 'a b'],
    ['the sign of Ångström', '\u212b', 'Å'],
    ['syllables in letters', '\u1112\u1161\u11ab', '한'],
    ['marks in another order', 'q\u0323\u0307', 'q\u0323\u0307'],
    ['marks in one order', 'q\u0307\u0323', 'q\u0323\u0307'],
    ['letters of full width', 'Ｐ', 'Ｐ'],
    ['a ligature', 'ﬁ', 'ﬁ'],
    ['white space around it', ' a ', ' a '],
    ['a tab', 'a\tb', 'a\tb'],
    ['capitals', 'AbC', 'AbC'],
  ])('with %s has one form', (_, password, expected) => {
    expect(opaqueString(password)).toBe(expected);
    expect(opaqueString(expected)).toBe(expected);
  });

  it('has its length counted in that form', () => {
    expect(judge({ password: 'E\u0301e\u0301e\u0301e\u0301' }).errors).toMatchObject([{ type: 'string_too_short' }]);
    expect(judge({ password: 'E\u0301'.repeat(12) }).value).toEqual({ password: 'É'.repeat(12) });
    expect(judge({ password: 'E\u0301'.repeat(13) }).errors).toMatchObject([{ type: 'string_too_long' }]);
    expect(judge({ password: 'ﷺA' }).errors).toMatchObject([{ type: 'string_too_short' }]);
  });

  it('needs an upper-case letter in that form', () => {
    expect(judge({ password: 'e\u0301E\u0301aaaaaa' }).errors).toEqual([]);
    expect(judge({ password: 'ᴬᴬᴬᴬᴬᴬᴬᴬ' }).errors).toMatchObject([{ type: 'value_error' }]);
  });
});

it('no text takes long', () => {
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
