import 'reflect-metadata';
import { IsOptional } from 'class-validator';
import { parseDateTime } from './date-times.js';
import type { FieldError } from '../errors/validation-failed.js';
import { IsDateTime } from './fields.js';
import { check } from './validate.js';

it.each([
  ['2026-01-31T09:30:00Z', '2026-01-31T09:30:00.000Z'],
  ['2026-01-31t09:30:00.123456789z', '2026-01-31T09:30:00.123Z'],
  ['2026-01-31 09:30', '2026-01-31T09:30:00.000Z'],
  ['2026-01-31T09:30:00+02:00', '2026-01-31T07:30:00.000Z'],
  ['2026-01-31T23:30:00-0130', '2026-02-01T01:00:00.000Z'],
  ['2026-01-31', '2026-01-31T00:00:00.000Z'],
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ['0001-01-01', '0001-01-01T00:00:00.000Z'],
  ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
])('%s is parsed as %s', (text, time) => {
  expect((parseDateTime(text) as Date).toISOString()).toBe(time);
});

it.each([
  ['', 'input is too short'],
  ['yesterday', 'input is too short'],
  ['1700000000', 'it should look like 2026-01-31T09:30:00Z'],
  ['2026-01-31T09:30:00Z ', 'it should look like 2026-01-31T09:30:00Z'],
  ['2026-13-01', 'month value is outside expected range of 1-12'],
  ['2026-00-01', 'month value is outside expected range of 1-12'],
  ['2026-02-29', 'day value is outside expected range'],
  ['1900-02-29', 'day value is outside expected range'],
  ['2026-04-00', 'day value is outside expected range'],
  ['2026-04-31', 'day value is outside expected range'],
  ['2026-01-31T24:00:00Z', 'hour value is outside expected range of 0-23'],
  ['2026-01-31T09:60:00Z', 'minute value is outside expected range of 0-59'],
  ['2026-01-31T09:30:60Z', 'second value is outside expected range of 0-59'],
  ['2026-01-31T09:30:00+24:00', 'timezone offset must be less than 24 hours'],
  ['0000-01-01', 'year 0 is out of range'],
])('%j is refused: %s', (text, problem) => {
  expect(parseDateTime(text)).toBe(problem);
});

describe('a date-time field', () => {
  class Span {
    @IsOptional()
    @IsDateTime()
    from?: Date;
  }
  const judge = (from: unknown) => {
    const errors: FieldError[] = [];
    return { value: check(Span, { from }, ['query'], 'params', errors), errors };
  };

  it('is converted to a Date', () => {
    expect(judge('2026-01-31T09:30:00Z')).toEqual({ value: { from: new Date('2026-01-31T09:30:00Z') }, errors: [] });
  });

  it.each([
    [5, 'datetime_type', 'Input should be a valid datetime', undefined],
    [
      'x',
      'datetime_from_date_parsing',
      'Input should be a valid datetime or date, input is too short',
      'input is too short',
    ],
  ])('cannot be %j', (input, type, msg, error) => {
    const ctx = error === undefined ? {} : { ctx: { error } };
    expect(judge(input)).toEqual({ value: undefined, errors: [{ type, loc: ['query', 'from'], msg, input, ...ctx }] });
  });
});
