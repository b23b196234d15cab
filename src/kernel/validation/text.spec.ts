import 'reflect-metadata';
import {
  IsDateString,
  IsEmail,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  MaxLength,
  MinLength,
} from 'class-validator';
import type { FieldError } from './errors.js';
import { HasUpperCase } from './fields.js';
import { check, type Source } from './validate.js';

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
  @IsEmail()
  email?: string;

  @IsOptional()
  @IsUUID()
  id?: string;

  @IsOptional()
  @IsUUID('4')
  random_id?: string;

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
  it.each([5, 1.5, true, false, [], ['a'], {}, { a: 1 }])('are not made from %j', (name) => {
    expect(judge({ name }).errors).toEqual(error('string_type', 'name', 'Input should be a valid string', name));
  });

  it.each(['Al', '  ', 'é', '😀😀', '👨‍👩‍👧', '🇩🇪', '😀'.repeat(100), `${'x'.repeat(99)}𝒳`])(
    'of 2 to 100 code points are good: %j',
    (name) => {
      const expected = name === 'é' ? 'e\u0301' : name;
      expect(judge({ name: expected }).value).toEqual({ name: expected });
    },
  );

  it.each(['', 'A', '5', '😀'])('may be too short: %j', (name) => {
    const msg = 'String should have at least 2 characters';
    expect(judge({ name }).errors).toEqual(error('string_too_short', 'name', msg, name, { min_length: 2 }));
  });

  it.each(['x'.repeat(101), '😀'.repeat(101), `${'x'.repeat(100)}𝒳`, 'x'.repeat(100_000)])(
    'may be too long',
    (name) => {
      const msg = 'String should have at most 100 characters';
      expect(judge({ name }).errors).toEqual(error('string_too_long', 'name', msg, name, { max_length: 100 }));
    },
  );

  it('have one character in the singular', () => {
    expect(judge({ letter: '' }).errors[0]?.msg).toBe('String should have at least 1 character');
    expect(judge({ letter: 'ab' }).errors[0]?.msg).toBe('String should have at most 1 character');
  });

  it.each(['client_credentials', 'Password', 'password ', 'password\n', '', 'xpassword'])(
    'may not match: %j',
    (grant_type) => {
      const msg = "String should match pattern '^password$'";
      const ctx = { pattern: '^password$' };
      expect(judge({ grant_type }).errors).toEqual(
        error('string_pattern_mismatch', 'grant_type', msg, grant_type, ctx),
      );
    },
  );

  it('match again and again, whatever the flags', () => {
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
  ])('that no database holds are refused from %s: %j', (source, name, message) => {
    const input = name.toWellFormed();
    const ctx = { error: {} };
    expect(judge({ name }, source).errors).toEqual(error('value_error', 'name', `Value error, ${message}`, input, ctx));
  });

  it('are told one error, the first in the order type, length, pattern, validators', () => {
    expect(judge({ password: 'abc' }).errors).toMatchObject([{ type: 'string_too_short' }]);
    expect(judge({ grant_type: 'x'.repeat(21) }).errors).toMatchObject([{ type: 'string_too_long' }]);
    expect(judge({ word: '' }).errors).toMatchObject([{ type: 'string_pattern_mismatch' }]);
  });
});

describe('upper case', () => {
  it.each(['password1', '12345678', '😀😀😀😀😀😀😀😀', 'ǅxxxxxxx', 'ßßßßßßßß', '茶茶茶茶茶茶茶茶', 'ᴬᴬᴬᴬᴬᴬᴬᴬ'])(
    'is not in %j',
    (password) => {
      const msg = 'Value error, Password must contain uppercase letter';
      expect(judge({ password }).errors).toEqual(error('value_error', 'password', msg, password, { error: {} }));
    },
  );

  it.each(['Password1', 'Ωωωωωωωω', 'Ⓐⓐⓐⓐⓐⓐⓐⓐ', '𝐀xxxxxxx', 'Ⴀxxxxxxx', 'Ⅷxxxxxxx', 'ÉXXXXXXX'])(
    'is in %j',
    (password) => {
      expect(judge({ password }).value).toEqual({ password });
    },
  );
});

describe('e-mail addresses', () => {
  it.each(['a@b.com', 'a+b@example.com', "!#$%&'*+-/=?^_`{|}~@example.com", 'a@mail.example.co.uk', 'zoë@example.com'])(
    'are good: %s',
    (email) => {
      expect(judge({ email }).value).toEqual({ email });
    },
  );

  it('become lower case', () => {
    expect(judge({ email: 'Ann.Lee@EXAMPLE.com' }).value).toEqual({ email: 'ann.lee@example.com' });
  });

  it.each([
    ['', 'An email address must have an @-sign.'],
    ['5', 'An email address must have an @-sign.'],
    [' ', 'An email address must have an @-sign.'],
    ['@', 'There must be something before the @-sign.'],
    ['@example.com', 'There must be something before the @-sign.'],
    ['a@', 'There must be something after the @-sign.'],
    ['a@example', 'The part after the @-sign is not valid. It should have a period.'],
    ['a@localhost', 'The part after the @-sign is not valid. It should have a period.'],
    ['a@b@c.com', 'It is not a valid address.'],
    ['a b@example.com', 'It is not a valid address.'],
    ['.a@example.com', 'It is not a valid address.'],
    ['a..b@example.com', 'It is not a valid address.'],
    ['a@-example.com', 'It is not a valid address.'],
    ['a@127.0.0.1', 'It is not a valid address.'],
    ['a@b.com\r', 'It is not a valid address.'],
    ['Ann <ann@example.com>', 'It is not a valid address.'],
    [`${'a'.repeat(250)}@b.com`, 'It is not a valid address.'],
    ['a'.repeat(100_000), 'It is not a valid address.'],
  ])('are bad: %j', (email, reason) => {
    const msg = `value is not a valid email address: ${reason}`;
    expect(judge({ email }).errors).toEqual(error('value_error', 'email', msg, email, { reason }));
  });

  it('are strings first', () => {
    expect(judge({ email: 5 }).errors).toMatchObject([{ type: 'string_type' }]);
    expect(judge({ email: 'a\0@b.com' }).errors).toMatchObject([
      { msg: 'Value error, The character U+0000 is not allowed' },
    ]);
  });
});

describe('UUIDs', () => {
  const id = '0189DC0E-7A6B-4B0C-8DEF-0123456789ab';

  it('become lower case', () => {
    expect(judge({ id, random_id: id }).value).toEqual({ id: id.toLowerCase(), random_id: id.toLowerCase() });
  });

  it.each([
    ['z', 'invalid character: expected an optional prefix of `urn:uuid:` followed by [0-9a-fA-F-], found `z` at 1'],
    ['0😀', 'invalid character: expected an optional prefix of `urn:uuid:` followed by [0-9a-fA-F-], found `😀` at 2'],
    ['', 'invalid length: expected length 32 for simple format, found 0'],
    ['0189-dc', 'invalid length: expected length 32 for simple format, found 6'],
  ])('are not %j', (bad, text) => {
    const msg = `Input should be a valid UUID, ${text}`;
    expect(judge({ id: bad }).errors).toEqual(error('uuid_parsing', 'id', msg, bad, { error: text }));
  });

  it('have a version', () => {
    const old = id.replace('-4', '-1');
    const ctx = { expected_version: 4 };
    expect(judge({ random_id: old }).errors).toEqual(
      error('uuid_version', 'random_id', 'UUID version 4 expected', old, ctx),
    );
    expect(judge({ id: old }).errors).toEqual([]);
  });

  it('are strings', () => {
    const msg = 'UUID input should be a string, bytes or UUID object';
    expect(judge({ id: 5 }).errors).toEqual(error('uuid_type', 'id', msg, 5));
  });
});

describe('any other decorator', () => {
  it("gives a value_error with class-validator's message", () => {
    const msg = 'Value error, day must be a valid ISO 8601 date string';
    expect(judge({ day: 'monday' }).errors).toEqual(error('value_error', 'day', msg, 'monday', { error: {} }));
    expect(judge({ day: '2024-01-31' }).value).toEqual({ day: '2024-01-31' });
  });

  it('gives its own message, with its tokens filled in', () => {
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
