import 'reflect-metadata';
import {
  ArrayMaxSize,
  IsArray,
  IsEmail,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { errorInput } from './error-input.js';
import type { FieldError } from '../errors/validation-failed.js';
import { codePoints } from './text.js';
import { assertModel, check } from './validate.js';

class Limited {
  @IsEmail()
  @MaxLength(10)
  @Matches(/^a/)
  @IsOptional()
  email?: string;

  @IsString()
  @Length(1, 5)
  @MaxLength(3)
  @IsOptional()
  text?: string;

  @IsArray()
  @ArrayMaxSize(1)
  @IsString({ each: true })
  @MaxLength(1, { each: true })
  @IsOptional()
  list?: string[];
}

function typesOf(values: object): string[] {
  const errors: FieldError[] = [];
  check(Limited, values, ['body'], 'json', errors);
  return errors.map(({ type }) => type);
}

it('an e-mail field is also checked against @MaxLength and @Matches', () => {
  expect(typesOf({ email: 'a@bcde.com' })).toEqual([]);
  expect(typesOf({ email: 'a@bcdef.com' })).toEqual(['string_too_long']);
  expect(typesOf({ email: 'b@c.com' })).toEqual(['string_pattern_mismatch']);
});

it('the narrower of two limits applies', () => {
  expect([typesOf({ text: 'abc' }), typesOf({ text: 'abcd' })]).toEqual([[], ['string_too_long']]);
});

it('a list without a minimum size may be empty', () => {
  expect([typesOf({ list: [] }), typesOf({ list: ['a', 'b'] })]).toEqual([[], ['too_long']]);
});

it.each([
  ['', 0],
  ['a\ud7ff\ue000\uff01\uffff', 5],
  ['\u{10000}', 1],
  ['\u{10ffff}', 1],
  ['a😀b', 3],
])('%j has %i code points', (text, count) => {
  expect(codePoints(text)).toBe(count);
});

it('the lower bound of an integer must be a safe integer, too', () => {
  class Unsafe {
    @IsInt()
    @Min(-(2 ** 63))
    @Max(1)
    field!: number;
  }
  expect(() => assertModel(Unsafe)).toThrow('within safe integers');
});

/** Returns what an error shows of a text at this depth. */
function shownIn(wrap: (inner: unknown) => unknown, levels: number): string {
  let value: unknown = 'x';
  for (let i = 0; i < levels; i++) value = wrap(value);
  return JSON.stringify(errorInput(value));
}

it('the input shown in an error is cut at 64 levels of lists or objects', () => {
  for (const wrap of [(inner: unknown) => [inner], (inner: unknown) => ({ a: inner })]) {
    expect(shownIn(wrap, 64)).toContain('"x"');
    expect(shownIn(wrap, 65)).toMatch(/null[\]}]{64}$/);
  }
});
