import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsArray, IsEmail, IsEnum, IsOptional, IsString, Length, MaxLength, ValidateNested } from 'class-validator';
import { ValidationFailed, type FieldError } from '../errors/validation-failed.js';
import { HasUpperCase, IsStringMap } from './fields.js';
import { MASK, Secret } from './secret.js';
import { check, validate } from './validate.js';
import type { Source } from './validation-run.js';

enum UserRole {
  admin = 'admin',
  user = 'user',
}

class UserBase {
  @IsEmail()
  email!: string;

  @IsString()
  @Length(2, 100)
  name!: string;

  @IsEnum(UserRole)
  role = UserRole.user;
}

class UserCreate extends UserBase {
  @Secret()
  @IsString()
  @Length(8, 128)
  @HasUpperCase('Password must contain uppercase letter')
  password!: string;
}

class Address {
  @IsString()
  @MaxLength(200)
  street!: string;

  @IsString()
  @MaxLength(200)
  city!: string;

  @IsString()
  @MaxLength(100)
  country = 'US';
}

class UserWithAddress extends UserBase {
  @IsOptional()
  @ValidateNested()
  @Type(() => Address)
  address: Address | null = null;

  @IsArray()
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  tags: string[] = [];

  @IsStringMap({ maxKeys: 100, maxLength: 1000 })
  metadata: Record<string, string> = {};
}

const ann = { email: 'ann@example.com', name: 'Ann' };

function judge<T extends object>(model: new () => T, value: unknown, source: Source = 'json', place = 'body') {
  const errors: FieldError[] = [];
  return { value: check(model, value, [place], source, errors), errors };
}

const missing = (loc: string[], input: unknown) => ({ type: 'missing', loc, msg: 'Field required', input });
const noObject = (loc: string[], input: unknown) => ({
  type: 'model_attributes_type',
  loc,
  msg: 'Input should be a valid dictionary or object to extract fields from',
  input,
});

describe('a body of one model', () => {
  it('becomes an instance with the defaults of its class', () => {
    const { value, errors } = judge(UserWithAddress, ann);
    expect(errors).toEqual([]);
    expect(value).toBeInstanceOf(UserWithAddress);
    expect(value).toEqual({ ...ann, role: 'user', address: null, tags: [], metadata: {} });
  });

  it('gets new default values each time', () => {
    judge(UserWithAddress, ann).value?.tags.push('mine');
    expect(judge(UserWithAddress, ann).value?.tags).toEqual([]);
  });

  it('omits unknown keys', () => {
    const extra = { ...ann, extra: 1, id: 5, is_admin: true, toString: 'x', hasOwnProperty: 'x' };
    const { value } = judge(UserWithAddress, extra);
    expect(value).toEqual({ ...ann, role: 'user', address: null, tags: [], metadata: {} });
    for (const key of ['toString', 'hasOwnProperty']) expect(Object.hasOwn(value!, key)).toBe(false);
  });

  it('reads own properties only', () => {
    const inherits = Object.create({ name: 'Eve' }) as Record<string, unknown>;
    inherits['email'] = 'eve@example.com';
    expect(judge(UserBase, inherits).errors).toMatchObject([{ type: 'missing', loc: ['body', 'name'] }]);
    class Odd {
      @IsString()
      @MaxLength(9)
      toString!: () => string;
    }
    expect(judge(Odd, {}).errors).toMatchObject([{ type: 'missing', loc: ['body', 'toString'] }]);
  });

  it('reports each required field as missing for an empty object', () => {
    expect(judge(UserWithAddress, {}).errors).toEqual([missing(['body', 'email'], {}), missing(['body', 'name'], {})]);
  });

  it('shows the object that lacks a field', () => {
    expect(judge(UserBase, { name: 'Ann' }).errors).toEqual([missing(['body', 'email'], { name: 'Ann' })]);
  });

  it.each([[null], [[]], [[{}]], ['text'], [5], [1.5], [true]])('cannot be %j', (body) => {
    expect(judge(UserBase, body).errors).toEqual([noObject(['body'], body)]);
  });

  it('is reported as missing if it is absent', () => {
    expect(judge(UserCreate, undefined).errors).toEqual([missing(['body'], null)]);
  });

  it('reports errors in declared order, base class first, whatever the order sent', () => {
    const body = { metadata: 6, tags: 5, address: 4, role: 3, name: 2, email: 1 };
    expect(judge(UserWithAddress, body).errors.map(({ type, loc }) => [loc[1], type])).toEqual([
      ['email', 'string_type'],
      ['name', 'string_type'],
      ['role', 'enum'],
      ['address', 'model_attributes_type'],
      ['tags', 'list_type'],
      ['metadata', 'dict_type'],
    ]);
  });

  it('runs validators of a field even when other fields have failed', () => {
    expect(judge(UserCreate, { email: 'x', name: 'x', password: 'password' }).errors).toEqual([
      {
        type: 'value_error',
        loc: ['body', 'email'],
        msg: 'value is not a valid email address: An email address must have an @-sign.',
        input: 'x',
        ctx: { reason: 'An email address must have an @-sign.' },
      },
      {
        type: 'string_too_short',
        loc: ['body', 'name'],
        msg: 'String should have at least 2 characters',
        input: 'x',
        ctx: { min_length: 2 },
      },
      {
        type: 'value_error',
        loc: ['body', 'password'],
        msg: 'Value error, Password must contain uppercase letter',
        input: MASK,
        ctx: { error: {} },
      },
    ]);
  });

  it.each(['email', 'name', 'role', 'tags', 'metadata'])('refuses null for %s', (field) => {
    expect(judge(UserWithAddress, { ...ann, [field]: null }).errors).toMatchObject([
      { loc: ['body', field], input: null },
    ]);
  });
});

describe('validate', () => {
  it('returns the instance', () => {
    const user = validate(UserCreate, { ...ann, password: 'Password1' });
    expect(user).toBeInstanceOf(UserCreate);
    expect(user).toEqual({ ...ann, role: 'user', password: 'Password1' });
  });

  it('throws the list of errors, with locations that start with the field', () => {
    const failure = new ValidationFailed([missing(['name'], { email: 'a@b.com' })]);
    expect(() => validate(UserBase, { email: 'a@b.com' })).toThrow(failure);
    expect(failure.message).toBe('name: Field required');
    expect(() => validate(UserBase, undefined)).toThrow('Input should be a valid dictionary');
  });

  it('shows any input in a form that JSON can represent', () => {
    const ring: Record<string, unknown> = {
      a: 2n ** 70n,
      b: NaN,
      c: '\ud800',
      d: undefined,
      e: new Date(0),
      '\udc00': 1,
    };
    ring['ring'] = ring;
    const { errors } = judge(UserBase, ring);
    const input = JSON.parse(JSON.stringify(errors[0]?.input)) as unknown;
    expect(input).toMatchObject({ a: 2 ** 70, b: null, c: '\ufffd', d: null, '\ufffd': 1 });
    expect(JSON.stringify(errors[0]?.input)).toContain('"a":1180591620717411303424');
  });

  it('refuses a circular reference between models', () => {
    class Node {
      @IsOptional()
      @ValidateNested()
      @Type(() => Node)
      next?: Node;
    }
    const ring: { next?: object } = {};
    ring.next = ring;
    expect(judge(Node, ring).errors).toMatchObject([{ msg: 'Value error, The object is nested too deeply' }]);
    expect(judge(Node, { next: { next: {} } }).value?.next?.next).toBeInstanceOf(Node);
  });
});
