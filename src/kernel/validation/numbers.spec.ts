import 'reflect-metadata';
import {
  IsBoolean,
  IsDivisibleBy,
  IsInt,
  IsNegative,
  IsNumber,
  IsOptional,
  IsPositive,
  Max,
  Min,
} from 'class-validator';
import type { FieldError } from '../errors/validation-failed.js';
import { check } from './validate.js';
import type { Source } from './validation-run.js';

class Page {
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  page = 1;

  @IsInt()
  @Min(1)
  @Max(100)
  limit = 10;
}

class Numbers {
  @IsInt()
  @IsPositive()
  @Max(1000)
  @IsDivisibleBy(5)
  @IsOptional()
  int?: number | null;

  @IsInt()
  @IsNegative()
  @Min(-1000)
  @IsOptional()
  debt?: number | null;

  @IsNumber()
  @Min(0.5)
  @Max(10)
  @IsOptional()
  float?: number | null;

  @IsBoolean()
  active = true;
}

function judge(values: object, source: Source = 'json', model: new () => object = Numbers) {
  const errors: FieldError[] = [];
  const value = check(model, values, ['body'], source, errors) as Record<string, unknown> | undefined;
  return { value, errors };
}

const error = (type: string, field: string, msg: string, input: unknown, ctx?: object) => [
  { type, loc: ['body', field], msg, input, ...(ctx && { ctx }) },
];

describe('an integer field', () => {
  it.each<[unknown, number]>([
    [5, 5],
    [5.0, 5],
    [1e2, 100],
  ])('reads %j as %d', (int, expected) => {
    expect(judge({ int })).toMatchObject({ value: { int: expected }, errors: [] });
  });

  it.each([
    ['5', 5],
    [' +5.0 ', 5],
    ['1_0', 10],
  ])('reads the parameter %j as %d', (int, expected) => {
    expect(judge({ int }, 'params')).toMatchObject({ value: { int: expected }, errors: [] });
  });

  it.each([1.5, -0.1, 1e-7])('refuses the fraction %d', (int) => {
    const msg = 'Input should be a valid integer, got a number with a fractional part';
    expect(judge({ int }).errors).toEqual(error('int_from_float', 'int', msg, int));
  });

  it.each([[[]], [{}], [[1]], [{ a: 1 }], ['5'], [''], [true], [false]])('refuses %j', (int) => {
    expect(judge({ int }).errors).toEqual(error('int_type', 'int', 'Input should be a valid integer', int));
  });

  it('refuses null if it is not optional', () => {
    expect(judge({ page: null }, 'json', Page).errors).toMatchObject([{ type: 'int_type', input: null }]);
  });

  it('refuses infinity without echoing it', () => {
    expect(judge({ int: Infinity }).errors).toEqual(
      error('finite_number', 'int', 'Input should be a finite number', null),
    );
  });

  it.each(['abc', '', '1.5', 'true'])('refuses the parameter %j', (int) => {
    const msg = 'Input should be a valid integer, unable to parse string as an integer';
    expect(judge({ int }, 'params').errors).toEqual(error('int_parsing', 'int', msg, int));
  });
});

describe('bounds', () => {
  it.each<[string, number, string, string, object]>([
    ['int', 0, 'greater_than', 'Input should be greater than 0', { gt: 0 }],
    ['int', 1005, 'less_than_equal', 'Input should be less than or equal to 1000', { le: 1000 }],
    ['int', 7, 'multiple_of', 'Input should be a multiple of 5', { multiple_of: 5 }],
    ['debt', 0, 'less_than', 'Input should be less than 0', { lt: 0 }],
    ['debt', -1001, 'greater_than_equal', 'Input should be greater than or equal to -1000', { ge: -1000 }],
    ['float', 0.4, 'greater_than_equal', 'Input should be greater than or equal to 0.5', { ge: 0.5 }],
    ['float', 10.01, 'less_than_equal', 'Input should be less than or equal to 10', { le: 10 }],
  ])('of %s refuse %d: %s', (field, input, type, msg, ctx) => {
    expect(judge({ [field]: input }).errors).toEqual(error(type, field, msg, input, ctx));
  });

  it('report the string as sent, not the converted number', () => {
    expect(judge({ page: '0', limit: '101' }, 'params', Page).errors).toEqual([
      ...error('greater_than_equal', 'page', 'Input should be greater than or equal to 1', '0', { ge: 1 }),
      ...error('less_than_equal', 'limit', 'Input should be less than or equal to 100', '101', { le: 100 }),
    ]);
  });

  it('are compared exactly with values beyond safe integers', () => {
    const page = '123456789012345678901234567890';
    expect(judge({ page }, 'params', Page).errors).toMatchObject([{ type: 'less_than_equal', input: page }]);
    expect(judge({ page: `-${page}` }, 'params', Page).errors).toMatchObject([{ type: 'greater_than_equal' }]);
    expect(judge({ int: page }, 'params').errors).toMatchObject([{ type: 'less_than_equal', ctx: { le: 1000 } }]);
  });

  it('accept 0.3 as a multiple of 0.1', () => {
    class Price {
      @IsNumber()
      @Min(0)
      @Max(10)
      @IsDivisibleBy(0.1)
      price!: number;
    }
    expect(judge({ price: 0.3 }, 'json', Price).value).toEqual({ price: 0.3 });
    expect(judge({ price: 0.35 }, 'json', Price).errors).toMatchObject([{ ctx: { multiple_of: 0.1 } }]);
  });

  it('convert -0 to 0', () => {
    class Any {
      @IsInt()
      @Min(-1)
      @Max(1)
      n!: number;
    }
    expect(Object.is(judge({ n: -0 }, 'json', Any).value?.['n'], 0)).toBe(true);
  });
});

describe('a number field', () => {
  it.each<[unknown, number]>([
    [1, 1],
    [1.5, 1.5],
  ])('reads JSON %j as %d', (float, expected) => {
    expect(judge({ float })).toMatchObject({ value: { float: expected }, errors: [] });
  });

  it.each<[unknown, number]>([
    ['1.5', 1.5],
    ['1.', 1],
    ['.5', 0.5],
    [' 2 ', 2],
    ['1e0', 1],
    ['1_0', 10],
    ['+2.5', 2.5],
  ])('reads the parameter %j as %d', (float, expected) => {
    expect(judge({ float }, 'params')).toMatchObject({ value: { float: expected }, errors: [] });
  });

  it.each(['', 'x', '.', '1e', '1__0', '0x1', '1,5', '1_', '--1'])('refuses the string %j', (float) => {
    const msg = 'Input should be a valid number, unable to parse string as a number';
    expect(judge({ float }, 'params').errors).toEqual(error('float_parsing', 'float', msg, float));
  });

  it.each([[[]], [{}], ['1.5'], [true]])('refuses %j', (float) => {
    expect(judge({ float }).errors).toEqual(error('float_type', 'float', 'Input should be a valid number', float));
  });

  it.each<[unknown, unknown]>([
    [Infinity, null],
    [-Infinity, null],
    [NaN, null],
  ])('refuses %p, which JSON cannot represent', (float, input) => {
    expect(judge({ float }).errors).toEqual(error('finite_number', 'float', 'Input should be a finite number', input));
  });

  it.each([
    ['inf', 'inf'],
    ['-Infinity', '-Infinity'],
    ['nan', 'nan'],
    ['1e400', '1e400'],
  ])('refuses the parameter %p', (float, input) => {
    expect(judge({ float }, 'params').errors).toEqual(
      error('finite_number', 'float', 'Input should be a finite number', input),
    );
  });
});

describe('a boolean field', () => {
  it.each(['true', 'TRUE', 'tRuE', '1', 'yes', 'YES', 'y', 'on', 'On', 't', 'T'])('reads %j as true', (active) => {
    expect(judge({ active }, 'params').value).toMatchObject({ active: true });
  });

  it.each(['false', 'False', '0', 'no', 'NO', 'n', 'off', 'f', 'F'])('reads %j as false', (active) => {
    expect(judge({ active }, 'params').value).toMatchObject({ active: false });
  });

  it.each(['', '2', '-1', '01', '1.0', ' true', 'true ', 'null', 'None', 'enabled', 'tru', '\0', 'ＯＮ', 'truee'])(
    'refuses the string %j',
    (active) => {
      const msg = 'Input should be a valid boolean, unable to interpret input';
      expect(judge({ active }, 'params').errors).toEqual(error('bool_parsing', 'active', msg, active));
    },
  );

  it.each<[unknown, boolean]>([
    [true, true],
    [false, false],
  ])('reads JSON %j as %j', (active, expected) => {
    expect(judge({ active }).value).toMatchObject({ active: expected });
  });

  it.each([[null], [[]], [{}], [0.5], [1], [0], ['true']])('refuses %j', (active) => {
    expect(judge({ active }).errors).toEqual(error('bool_type', 'active', 'Input should be a valid boolean', active));
  });
});
