import 'reflect-metadata';
import { IsEmail, IsOptional, IsUUID } from 'class-validator';
import type { FieldError } from '../errors/validation-failed.js';
import { check } from './validate.js';

class Formats {
  @IsOptional()
  @IsEmail()
  email?: string;

  @IsOptional()
  @IsUUID()
  id?: string;

  @IsOptional()
  @IsUUID('4')
  random_id?: string;
}

function judge(values: object) {
  const errors: FieldError[] = [];
  return { value: check(Formats, values, ['body'], 'json', errors), errors };
}

const error = (type: string, field: string, msg: string, input: unknown, ctx?: object) => [
  { type, loc: ['body', field], msg, input, ...(ctx && { ctx }) },
];

describe('e-mail addresses', () => {
  it.each(['a@b.com', 'a+b@example.com', "!#$%&'*+-/=?^_`{|}~@example.com", 'a@mail.example.co.uk', 'zoë@example.com'])(
    'are accepted: %s',
    (email) => {
      expect(judge({ email }).value).toEqual({ email });
    },
  );

  it('are converted to lower case', () => {
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
  ])('are refused: %j', (email, reason) => {
    const msg = `value is not a valid email address: ${reason}`;
    expect(judge({ email }).errors).toEqual(error('value_error', 'email', msg, email, { reason }));
  });

  it('are checked as strings first', () => {
    expect(judge({ email: 5 }).errors).toMatchObject([{ type: 'string_type' }]);
    expect(judge({ email: 'a\0@b.com' }).errors).toMatchObject([
      { msg: 'Value error, The character U+0000 is not allowed' },
    ]);
  });
});

describe('UUIDs', () => {
  const id = '0189DC0E-7A6B-4B0C-8DEF-0123456789ab';

  it('are converted to lower case', () => {
    expect(judge({ id, random_id: id }).value).toEqual({ id: id.toLowerCase(), random_id: id.toLowerCase() });
  });

  it.each([
    ['z', 'invalid character: expected an optional prefix of `urn:uuid:` followed by [0-9a-fA-F-], found `z` at 1'],
    ['0😀', 'invalid character: expected an optional prefix of `urn:uuid:` followed by [0-9a-fA-F-], found `😀` at 2'],
    ['', 'invalid length: expected length 32 for simple format, found 0'],
    ['0189-dc', 'invalid group count: expected 5, found 2'],
    [`${id}0`, 'invalid group length in group 4: expected 12, found 13'],
  ])('cannot be %j', (bad, text) => {
    const msg = `Input should be a valid UUID, ${text}`;
    expect(judge({ id: bad }).errors).toEqual(error('uuid_parsing', 'id', msg, bad, { error: text }));
  });

  it.each([id.replaceAll('-', ''), `{${id}}`, `urn:uuid:${id}`])('may be written as %s', (written) => {
    expect(judge({ id: written }).value).toMatchObject({ id: id.toLowerCase() });
  });

  it('are checked for the required version', () => {
    const old = id.replace('-4', '-1');
    const ctx = { expected_version: 4 };
    expect(judge({ random_id: old }).errors).toEqual(
      error('uuid_version', 'random_id', 'UUID version 4 expected', old, ctx),
    );
    expect(judge({ id: old }).errors).toEqual([]);
  });

  it('must be strings', () => {
    const msg = 'UUID input should be a string, bytes or UUID object';
    expect(judge({ id: 5 }).errors).toEqual(error('uuid_type', 'id', msg, 5));
  });
});
