import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type { FieldError } from '../errors/validation-failed.js';
import { IsStringMap } from './fields.js';
import { parseJson } from './json.js';
import { check } from './validate.js';

class Line {
  @IsInt()
  @Min(1)
  @Max(1000)
  item_id!: number;

  @IsInt()
  @Min(1)
  @Max(100)
  quantity = 1;
}

class Bag {
  @IsArray()
  @ArrayMaxSize(3)
  @IsString({ each: true })
  @MaxLength(5, { each: true })
  tags: string[] = [];

  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(2)
  @ArrayUnique()
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(9, { each: true })
  ids?: number[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10)
  @ValidateNested({ each: true })
  @Type(() => Line)
  lines?: Line[];

  @IsStringMap({ maxKeys: 3, maxLength: 10 })
  metadata: Record<string, string> = {};
}

function judge(values: object) {
  const errors: FieldError[] = [];
  return { value: check(Bag, values, ['body'], 'json', errors), errors };
}

const error = (type: string, loc: (string | number)[], msg: string, input: unknown, ctx?: object) => ({
  type,
  loc: ['body', ...loc],
  msg,
  input,
  ...(ctx && { ctx }),
});

const ctx = (max: number, length: number) => ({ field_type: 'List', max_length: max, actual_length: length });

describe('lists', () => {
  it.each([['a,b'], [''], [5], [true], [null], [{ '0': 'a' }]])('are not converted from %j', (tags) => {
    expect(judge({ tags }).errors).toEqual([error('list_type', ['tags'], 'Input should be a valid list', tags)]);
  });

  it('report the errors of their items by position', () => {
    expect(judge({ tags: ['a', 1, ['b']] }).errors).toEqual([
      error('string_type', ['tags', 1], 'Input should be a valid string', 1),
      error('string_type', ['tags', 2], 'Input should be a valid string', ['b']),
    ]);
    expect(judge({ tags: ['abcdef', null] }).errors).toMatchObject([
      { type: 'string_too_long' },
      { type: 'string_type' },
    ]);
  });

  it('convert their items', () => {
    expect(judge({ ids: [1, 2.0] }).value?.ids).toEqual([1, 2]);
  });

  it('that are too long are refused before their items are checked', () => {
    const three = 'List should have at most 3 items after validation, not 4';
    expect(judge({ tags: [1, 2, 3, 4] }).errors).toEqual([error('too_long', ['tags'], three, [1, 2, 3, 4], ctx(3, 4))]);
    const two = 'List should have at most 2 items after validation, not 3';
    expect(judge({ ids: [1, 2, 3] }).errors).toEqual([error('too_long', ['ids'], two, [1, 2, 3], ctx(2, 3))]);
  });

  it('that are too short are refused', () => {
    const msg = 'List should have at least 1 item after validation, not 0';
    const ctx = { field_type: 'List', min_length: 1, actual_length: 0 };
    expect(judge({ ids: [] }).errors).toEqual([error('too_short', ['ids'], msg, [], ctx)]);
  });

  it('have validators for the whole list, which see the converted items', () => {
    const msg = "Value error, All ids's elements must be unique";
    expect(judge({ ids: [1, 1.0] }).errors).toEqual([error('value_error', ['ids'], msg, [1, 1], { error: {} })]);
  });

  it('of models contain instances of the class', () => {
    const { value } = judge({ lines: [{ item_id: 7 }, { item_id: 8, quantity: 2 }] });
    expect(value?.lines).toEqual([
      { item_id: 7, quantity: 1 },
      { item_id: 8, quantity: 2 },
    ]);
    expect(value?.lines?.every((line) => line instanceof Line)).toBe(true);
  });

  it('of models report errors by position and field', () => {
    const dictionary = 'Input should be a valid dictionary or object to extract fields from';
    expect(judge({ lines: [{ quantity: 0 }, 'x', null] }).errors).toEqual([
      error('missing', ['lines', 0, 'item_id'], 'Field required', { quantity: 0 }),
      error('greater_than_equal', ['lines', 0, 'quantity'], 'Input should be greater than or equal to 1', 0, { ge: 1 }),
      error('model_attributes_type', ['lines', 1], dictionary, 'x'),
      error('model_attributes_type', ['lines', 2], dictionary, null),
    ]);
  });
});

describe('dictionaries of strings', () => {
  it.each([[[]], [[['a', 'b']]], ['x'], [''], [true], [5], [null]])('are not converted from %j', (metadata) => {
    expect(judge({ metadata }).errors).toEqual([
      error('dict_type', ['metadata'], 'Input should be a valid dictionary', metadata),
    ]);
  });

  it.each(['', 'a.b', 'ключ☃'.slice(0, 5), '0'])('report an invalid value at its key %j', (key) => {
    expect(judge({ metadata: { [key]: 1 } }).errors).toEqual([
      error('string_type', ['metadata', key], 'Input should be a valid string', 1),
    ]);
  });

  it('report errors in the order sent, although JavaScript reorders numeric keys', () => {
    const text = '{"x": [1], "metadata": {"a\\"": 1, "2": 2, "0": 3}}';
    const { errors } = judge(parseJson(new TextEncoder().encode(text)) as object);
    expect(errors.map(({ loc, input }) => [loc.at(-1), input])).toEqual([
      ['a"', 1],
      ['2', 2],
      ['0', 3],
    ]);
  });

  it('limit the number of keys and the length of keys and values', () => {
    const msg = 'Dictionary should have at most 3 items after validation, not 4';
    const many = { a: '', b: '', c: '', d: '' };
    const ctx = { field_type: 'Dictionary', max_length: 3, actual_length: 4 };
    expect(judge({ metadata: many }).errors).toEqual([error('too_long', ['metadata'], msg, many, ctx)]);
    const long = 'abcdefghijk';
    const short = { max_length: 10 };
    const tooLong = 'String should have at most 10 characters';
    expect(judge({ metadata: { a: long, [long]: 'a' } }).errors).toEqual([
      error('string_too_long', ['metadata', 'a'], tooLong, long, short),
      error('string_too_long', ['metadata', long], tooLong, long, short),
    ]);
  });

  it('have no prototype, and refuse the key __proto__', () => {
    const { value } = judge({ metadata: { toString: 'a', '0': 'b' } });
    expect({ ...value?.metadata }).toEqual({ toString: 'a', '0': 'b' });
    expect(Object.getPrototypeOf(value?.metadata)).toBeNull();
    const hostile = JSON.parse('{"metadata": {"__proto__": "x"}}') as object;
    expect(judge(hostile).errors).toEqual([
      error('value_error', ['metadata', '__proto__'], 'Value error, The key __proto__ is not allowed', 'x', {
        error: {},
      }),
    ]);
  });

  it('refuse keys and values that the database cannot store', () => {
    expect(
      judge({ metadata: { a: '\0', '\0': 'b', c: '\ud800' } }).errors.map(({ type, loc }) => [type, loc[2]]),
    ).toEqual([
      ['value_error', 'a'],
      ['value_error', '\0'],
      ['value_error', 'c'],
    ]);
  });
});
