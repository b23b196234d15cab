import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsArray, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { IsStringMap } from './fields.js';
import { dump, validate } from './validate.js';

class Address {
  @IsString()
  @MaxLength(100)
  street!: string;

  @IsOptional()
  @IsString()
  @MaxLength(100)
  city: string | null = null;
}

class Base {
  @IsOptional()
  @IsString()
  @MaxLength(100)
  name: string | null = null;

  @IsOptional()
  @IsString()
  @MaxLength(100)
  bio?: string | null;
}

class Person extends Base {
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Address)
  homes: Address[] = [];

  @IsStringMap({ maxKeys: 10, maxLength: 10 })
  metadata: Record<string, string> = {};
}

const person = (values: object = {}) => validate(Person, values);

describe('dump', () => {
  it('returns the declared fields in declared order, base class first', () => {
    const dumped = dump(person({ metadata: { b: '1', a: '2' }, homes: [{ street: 'Main' }], bio: 'x', name: 'Ann' }));
    expect(JSON.stringify(dumped)).toBe(
      '{"name":"Ann","bio":"x","homes":[{"street":"Main","city":null}],"metadata":{"b":"1","a":"2"}}',
    );
    expect(Object.getPrototypeOf(dumped)).toBe(Object.prototype);
  });

  it('keeps null, and omits fields that were never set', () => {
    expect(Object.keys(dump(person()))).toEqual(['name', 'homes', 'metadata']);
    expect(dump(person({ bio: null }))).toHaveProperty('bio', null);
  });

  it('omits null fields with excludeNone, in nested models too', () => {
    expect(dump(person({ bio: null, homes: [{ street: 'Main' }] }), { excludeNone: true })).toEqual({
      homes: [{ street: 'Main' }],
      metadata: {},
    });
  });

  it('omits undeclared fields', () => {
    expect(dump(Object.assign(person(), { password_hash: 'x' }))).not.toHaveProperty('password_hash');
  });

  it('copies lists and dictionaries', () => {
    const ann = person({ metadata: { a: '1' } });
    const dumped = dump(ann);
    ann.metadata['a'] = '2';
    ann.homes.push(new Address());
    expect(dumped).toMatchObject({ homes: [], metadata: { a: '1' } });
  });

  it('keeps dates, and null values of dictionaries even with excludeNone', () => {
    class Event {
      @IsStringMap({ maxKeys: 1, maxLength: 1 })
      data: unknown = { a: null };

      @IsStringMap({ maxKeys: 1, maxLength: 1 })
      at: unknown = new Date(0);
    }
    expect(dump(new Event(), { excludeNone: true })).toEqual({ data: { a: null }, at: new Date(0) });
  });
});
