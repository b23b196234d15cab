import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsArray, IsEmail, IsOptional, IsString, MaxLength, MinLength, ValidateNested } from 'class-validator';
import type { FieldError } from '../errors/validation-failed.js';
import { HasUpperCase } from './fields.js';
import { isSecret, MASK, Secret } from './secret.js';
import { check, checkEmbedded } from './validate.js';

class Credentials {
  @IsString()
  @MaxLength(100)
  username!: string;

  @Secret()
  @IsString()
  @MinLength(8)
  @MaxLength(128)
  @HasUpperCase('Password must contain uppercase letter, not $value')
  password!: string;
}

class Sign extends Credentials {
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Credentials)
  others?: Credentials[];

  @Secret()
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  @MaxLength(5, { each: true })
  recovery_codes?: string[];
}

const SECRET = 'hunter2hunter2';

function refused(model: new () => object, body: unknown): FieldError[] {
  const errors: FieldError[] = [];
  expect(check(model, body, ['body'], 'json', errors)).toBeUndefined();
  expect(JSON.stringify(errors)).not.toContain(SECRET);
  return errors;
}

describe('a secret', () => {
  it('is also a secret in subclasses', () => {
    expect(isSecret(Credentials, 'password')).toBe(true);
    expect(isSecret(Sign, 'password')).toBe(true);
    expect(isSecret(Sign, 'recovery_codes')).toBe(true);
    expect(isSecret(Credentials, 'recovery_codes')).toBe(false);
    expect(isSecret(Credentials, 'username')).toBe(false);
  });

  it.each([SECRET.slice(0, 7), SECRET, [SECRET], { a: SECRET }, 12345678, null])(
    'is masked in its own error',
    (password) => {
      expect(refused(Credentials, { username: 'ann', password })).toMatchObject([
        { loc: ['body', 'password'], input: MASK },
      ]);
    },
  );

  it('is masked in the message of its error', () => {
    expect(refused(Credentials, { username: 'ann', password: SECRET })).toMatchObject([
      { msg: `Value error, Password must contain uppercase letter, not ${MASK}` },
    ]);
  });

  it('is masked in a parent that lacks another field', () => {
    expect(refused(Credentials, { password: SECRET, x: { password: SECRET, y: [1] } })).toMatchObject([
      { type: 'missing', loc: ['body', 'username'], input: { password: MASK, x: { password: MASK, y: [1] } } },
      { type: 'value_error' },
    ]);
  });

  it('is masked if its name is written in another style', () => {
    const [missing] = refused(Credentials, { Password: SECRET, PASS_WORD: SECRET, password: `${SECRET}A` });
    expect(missing?.input).toEqual({ Password: MASK, PASS_WORD: MASK, password: MASK });
  });

  it('is masked in a body of the wrong type', () => {
    expect(refused(Credentials, [{ password: SECRET }])).toMatchObject([
      { type: 'model_attributes_type', input: [{ password: MASK }] },
    ]);
  });

  it('is masked if it is sent instead of an object', () => {
    for (const [body, input] of [
      [SECRET, MASK],
      [
        [SECRET, ['ann', 5]],
        [MASK, [MASK, 5]],
      ],
      [null, null],
    ])
      expect(refused(Credentials, body)).toMatchObject([{ type: 'model_attributes_type', input }]);
  });

  it('is masked by its name in the request of a class without secrets', () => {
    class Profile {
      @IsString()
      @MaxLength(10)
      name!: string;
    }
    expect(refused(Profile, { Recovery_Codes: [SECRET], passWord: SECRET, bio: 'x' })).toMatchObject([
      { type: 'missing', input: { Recovery_Codes: MASK, passWord: MASK, bio: 'x' } },
    ]);
    expect(refused(Profile, ['x'])).toMatchObject([{ input: ['x'] }]);
  });

  it('is masked by its name in a class that does not mark it as a secret', () => {
    class Create {
      @IsEmail()
      email!: string;

      @IsString()
      @MinLength(20)
      @MaxLength(99)
      @HasUpperCase('Not $value')
      password!: string;

      @IsString()
      @MaxLength(5)
      Pass_Word!: string;

      @IsString({ each: true })
      @MaxLength(5, { each: true })
      recoveryCodes!: string[];
    }
    const body = { email: 'ann@example.com', password: SECRET, Pass_Word: SECRET, recoveryCodes: [SECRET] };
    expect(refused(Create, body)).toMatchObject([
      { loc: ['body', 'password'], input: MASK },
      { loc: ['body', 'Pass_Word'], input: MASK },
      { loc: ['body', 'recoveryCodes', 0], input: MASK },
    ]);
    expect(refused(Create, { ...body, password: `${SECRET}${SECRET}` })[0]).toMatchObject({ input: MASK });
    expect(refused(Create, SECRET)).toMatchObject([{ input: MASK }]);
  });

  it('with an ambiguous name is not masked in the error of the same field in another class', () => {
    class Code {
      @Secret({ ambiguous: true })
      @IsString()
      @MaxLength(5)
      code!: string;
    }
    class Country {
      @IsString()
      @MaxLength(2)
      code!: string;

      @IsString()
      @MaxLength(5)
      username!: string;
    }
    expect(refused(Code, { code: SECRET })).toMatchObject([{ input: MASK }]);
    expect(refused(Country, { code: 'DEU', username: 'annabel' })).toMatchObject([
      { input: 'DEU' },
      { input: 'annabel' },
    ]);
    expect(refused(Country, { code: 'DE' })).toMatchObject([{ type: 'missing', input: { code: MASK } }]);
    expect(refused(Country, ['DE'])).toMatchObject([{ input: ['DE'] }]);
  });

  it('is masked in lists of models, and in each item of a secret list', () => {
    const good = { username: 'ann', password: 'Password1' };
    expect(refused(Sign, { ...good, others: [{ password: `${SECRET}A` }, SECRET.length] })).toMatchObject([
      { loc: ['body', 'others', 0, 'username'], input: { password: MASK } },
      { loc: ['body', 'others', 1], input: 14 },
    ]);
    expect(refused(Sign, { ...good, recovery_codes: [SECRET, 5] })).toMatchObject([
      { type: 'string_too_long', loc: ['body', 'recovery_codes', 0], input: MASK },
      { type: 'string_type', loc: ['body', 'recovery_codes', 1], input: MASK },
    ]);
    expect(refused(Sign, { ...good, others: { recovery_codes: SECRET } })).toMatchObject([
      { type: 'list_type', input: { recovery_codes: MASK } },
    ]);
  });

  it('may be a model, which is masked with all its fields', () => {
    class Vault {
      @Secret()
      @ValidateNested()
      @Type(() => Credentials)
      inside!: Credentials;

      @IsString()
      @MaxLength(10)
      label!: string;
    }
    expect(refused(Vault, { inside: { username: 5, password: SECRET }, label: 5 })).toMatchObject([
      { loc: ['body', 'inside', 'username'], input: MASK },
      { loc: ['body', 'inside', 'password'], input: MASK },
      { loc: ['body', 'label'], input: 5 },
    ]);
    expect(refused(Vault, { inside: { username: 'x' }, label: 'x' })).toMatchObject([{ type: 'missing', input: MASK }]);
  });

  it('does not mask the fields after it', () => {
    expect(refused(Sign, { username: 'ann', password: 1, others: 'x' })).toMatchObject([
      { input: MASK },
      { input: 'x' },
    ]);
  });

  it('is masked in embedded bodies and forms', () => {
    class Change {
      @ValidateNested()
      @Type(() => Credentials)
      user!: Credentials;
    }
    const errors: FieldError[] = [];
    checkEmbedded(Change, { user: { password: `${SECRET}A` } }, ['body'], errors);
    expect(errors).toMatchObject([{ loc: ['body', 'user', 'username'], input: { password: MASK } }]);
    check(Credentials, { username: 'ann', password: SECRET }, ['body'], 'form', errors);
    expect(errors[1]).toMatchObject({ loc: ['body', 'password'], input: MASK });
  });
});
