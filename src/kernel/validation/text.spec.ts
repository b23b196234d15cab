import 'reflect-metadata';
import { IsDateString, IsNotEmpty, IsOptional, IsString, Length, Matches, MaxLength, MinLength } from 'class-validator';
import type { FieldError } from '../errors/validation-failed.js';
import { HasUpperCase } from './fields.js';
import { check } from './validate.js';
import type { Source } from './validation-run.js';

class Texts {
  @IsOptional()
  @IsString()
  @Length(2, 100)
  name?: string;

  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(1)
  letter?: string;

  @IsOptional()
  @IsString()
  @MaxLength(20)
  @Matches(/^password$/)
  grant_type?: string;

  @IsOptional()
  @IsString()
  @Length(8, 128)
  @HasUpperCase('Password must contain uppercase letter')
  password?: string;

  @IsOptional()
  @IsString()
  @MaxLength(30)
  @IsDateString()
  day?: string;

  @IsOptional()
  @IsString()
  @MaxLength(5)
  @Matches('^[a-z]+$', 'i')
  @IsNotEmpty({ message: '$property of $target may not be "$value"' })
  word?: string;
}

function judge(values: object, source: Source = 'json') {
  const errors: FieldError[] = [];
  return { value: check(Texts, values, ['body'], source, errors), errors };
}

const error = (type: string, field: string, msg: string, input: unknown, ctx?: object) => [
  { type, loc: ['body', field], msg, input, ...(ctx && { ctx }) },
];

describe('strings', () => {
  it.each([5, 1.5, true, false, [], ['a'], {}, { a: 1 }])('are not converted from %j', (name) => {
    expect(judge({ name }).errors).toEqual(error('string_type', 'name', 'Input should be a valid string', name));
  });

  it.each(['Al', '  ', 'é', '😀😀', '👨‍👩‍👧', '🇩🇪', '😀'.repeat(100), `${'x'.repeat(99)}𝒳`])(
    'of 2 to 100 code points are accepted: %j',
    (name) => {
      const expected = name === 'é' ? 'e\u0301' : name;
      expect(judge({ name: expected }).value).toEqual({ name: expected });
    },
  );

  it.each(['', 'A', '5', '😀'])('that are too short are refused: %j', (name) => {
    const msg = 'String should have at least 2 characters';
    expect(judge({ name }).errors).toEqual(error('string_too_short', 'name', msg, name, { min_length: 2 }));
  });

  it.each(['x'.repeat(101), '😀'.repeat(101), `${'x'.repeat(100)}𝒳`, 'x'.repeat(100_000)])(
    'that are too long are refused',
    (name) => {
      const msg = 'String should have at most 100 characters';
      expect(judge({ name }).errors).toEqual(error('string_too_long', 'name', msg, name, { max_length: 100 }));
    },
  );

  it('have messages in the singular for a limit of one character', () => {
    expect(judge({ letter: '' }).errors[0]?.msg).toBe('String should have at least 1 character');
    expect(judge({ letter: 'ab' }).errors[0]?.msg).toBe('String should have at most 1 character');
  });

  it.each(['client_credentials', 'Password', 'password ', 'password\n', '', 'xpassword'])(
    'that do not match the pattern are refused: %j',
    (grant_type) => {
      const msg = "String should match pattern '^password$'";
      const ctx = { pattern: '^password$' };
      expect(judge({ grant_type }).errors).toEqual(
        error('string_pattern_mismatch', 'grant_type', msg, grant_type, ctx),
      );
    },
  );

  it('match on every call, whatever the flags of the pattern', () => {
    class Global {
      @IsString()
      @MaxLength(5)
      @Matches(/a/gy)
      text!: string;
    }
    const errors: FieldError[] = [];
    for (let i = 0; i < 3; i++) expect(check(Global, { text: 'ba' }, [], 'json', errors)).toEqual({ text: 'ba' });
    expect(judge({ word: 'ABC' }).value).toEqual({ word: 'ABC' });
  });

  it.each<[Source, string, string]>([
    ['params', 'a\0b', 'The character U+0000 is not allowed'],
    ['form', 'a\0b', 'The character U+0000 is not allowed'],
    ['json', 'a\0b', 'The character U+0000 is not allowed'],
    ['params', 'ab\ud800', 'Lone surrogates are not allowed'],
    ['json', '\udc00ab', 'Lone surrogates are not allowed'],
  ])('that the database cannot store are refused from %s: %j', (source, name, message) => {
    const input = name.toWellFormed();
    const ctx = { error: {} };
    expect(judge({ name }, source).errors).toEqual(error('value_error', 'name', `Value error, ${message}`, input, ctx));
  });

  it('cause only one error, the first in the order type, length, pattern, validators', () => {
    expect(judge({ password: 'abc' }).errors).toMatchObject([{ type: 'string_too_short' }]);
    expect(judge({ grant_type: 'x'.repeat(21) }).errors).toMatchObject([{ type: 'string_too_long' }]);
    expect(judge({ word: '' }).errors).toMatchObject([{ type: 'string_pattern_mismatch' }]);
  });
});

describe('an upper-case letter', () => {
  it.each(['password1', '12345678', '😀😀😀😀😀😀😀😀', 'ǅxxxxxxx', 'ßßßßßßßß', '茶茶茶茶茶茶茶茶', 'ᴬᴬᴬᴬᴬᴬᴬᴬ'])(
    'is not found in %j',
    (password) => {
      const msg = 'Value error, Password must contain uppercase letter';
      expect(judge({ password }).errors).toEqual(error('value_error', 'password', msg, password, { error: {} }));
    },
  );

  it.each(['Password1', 'Ωωωωωωωω', 'Ⓐⓐⓐⓐⓐⓐⓐⓐ', '𝐀xxxxxxx', 'Ⴀxxxxxxx', 'Ⅷxxxxxxx', 'ÉXXXXXXX'])(
    'is found in %j',
    (password) => {
      expect(judge({ password }).value).toEqual({ password });
    },
  );
});

describe('any other decorator', () => {
  it('causes a value_error with the message of class-validator', () => {
    const msg = 'Value error, day must be a valid ISO 8601 date string';
    expect(judge({ day: 'monday' }).errors).toEqual(error('value_error', 'day', msg, 'monday', { error: {} }));
    expect(judge({ day: '2024-01-31' }).value).toEqual({ day: '2024-01-31' });
  });

  it('may have a custom message, in which placeholders are replaced', () => {
    class Named {
      @IsString()
      @MaxLength(5)
      @IsNotEmpty({ message: '$property of $target may not be "$value"' })
      word!: string;
    }
    const errors: FieldError[] = [];
    check(Named, { word: '' }, [], 'json', errors);
    expect(errors).toMatchObject([{ msg: 'Value error, word of Named may not be ""', input: '' }]);
  });
});
