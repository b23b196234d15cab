import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsOptional, IsString, Length, MaxLength, ValidateNested } from 'class-validator';
import type { FieldError } from '../errors/validation-failed.js';
import { MayBeAbsent } from './fields.js';
import { check } from './validate.js';

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

class Person {
  @IsOptional()
  @ValidateNested()
  @Type(() => Address)
  address: Address | null = null;
}

class UserUpdate {
  @IsOptional()
  @IsString()
  @Length(2, 100)
  name?: string | null;

  @IsOptional()
  @IsString()
  @MaxLength(2000)
  bio?: string | null;
}

function judge<T extends object>(model: new () => T, value: unknown) {
  const errors: FieldError[] = [];
  return { value: check(model, value, ['body'], 'json', errors), errors };
}

const missing = (loc: string[], input: unknown) => ({ type: 'missing', loc, msg: 'Field required', input });
const noObject = (loc: string[], input: unknown) => ({
  type: 'model_attributes_type',
  loc,
  msg: 'Input should be a valid dictionary or object to extract fields from',
  input,
});

describe('a nested model', () => {
  it('has default values, too', () => {
    const { value } = judge(Person, { address: { street: 'Main', city: 'Town' } });
    expect(value?.address).toBeInstanceOf(Address);
    expect(value?.address).toEqual({ street: 'Main', city: 'Town', country: 'US' });
  });

  it.each([[5], [true], ['x'], [[]], [[1]]])('cannot be %j', (address) => {
    expect(judge(Person, { address }).errors).toEqual([noObject(['body', 'address'], address)]);
  });

  it('is the input in the error for a missing field', () => {
    expect(judge(Person, { address: { country: 'DE' } }).errors).toEqual([
      missing(['body', 'address', 'street'], { country: 'DE' }),
      missing(['body', 'address', 'city'], { country: 'DE' }),
    ]);
  });

  it('reports the errors of each of its fields', () => {
    const address = { street: 1, city: true, country: null };
    expect(judge(Person, { address }).errors).toMatchObject([
      { type: 'string_type', loc: ['body', 'address', 'street'], input: 1 },
      { type: 'string_type', loc: ['body', 'address', 'city'], input: true },
      { type: 'string_type', loc: ['body', 'address', 'country'], input: null },
    ]);
  });
});

describe('optional fields', () => {
  it('distinguish null from an absent value', () => {
    expect(Object.entries(judge(UserUpdate, { name: null }).value ?? {})).toEqual([['name', null]]);
    expect(Object.entries(judge(UserUpdate, { bio: '' }).value ?? {})).toEqual([['bio', '']]);
    expect(judge(UserUpdate, {})).toEqual({ value: new UserUpdate(), errors: [] });
  });

  it('with @MayBeAbsent may be absent, but not null', () => {
    class Patch {
      @MayBeAbsent()
      @IsString()
      @MaxLength(10)
      name?: string;
    }
    expect(judge(Patch, {})).toEqual({ value: new Patch(), errors: [] });
    expect(judge(Patch, { name: null }).errors).toMatchObject([{ type: 'string_type', input: null }]);
    expect(judge(Patch, { name: 'x' }).value).toEqual({ name: 'x' });
  });
});
