import 'reflect-metadata';
import type { FieldError } from '../errors/validation-failed.js';
import { check } from '../validation/validate.js';
import { IsSort, PageQuery } from './page-query.dto.js';

class ThingQuery extends PageQuery {
  @IsSort('created_at', 'total_cents')
  sort?: string | null;
}

class OneQuery extends PageQuery {
  @IsSort('id')
  sort?: string | null;
}

function judge(values: object, model: new () => PageQuery & { sort?: string | null } = ThingQuery) {
  const errors: FieldError[] = [];
  return { query: check(model, values, ['query'], 'params', errors), errors };
}

describe('sort', () => {
  it.each([
    'created_at',
    '-created_at',
    'total_cents',
    'created_at,-total_cents',
    '-total_cents,-created_at',
    'total_cents,created_at',
  ])('may be %s', (sort) => {
    expect(judge({ sort })).toMatchObject({ errors: [], query: { sort } });
  });

  it('may be absent', () => {
    expect(judge({}).query?.sort).toBeUndefined();
  });

  it.each([
    '',
    ' ',
    'created',
    'status',
    'id',
    'Created_at',
    '+created_at',
    '--created_at',
    'created_at ',
    ' created_at',
    'created_at,',
    ',created_at',
    'created_at, total_cents',
    'created_at;total_cents',
    'created_at desc',
    'created_at\n',
    'created_at--',
    '(select 1)',
    'null',
    'sort',
    'constructor',
  ])('cannot be %j', (sort) => {
    expect(judge({ sort }).errors).toMatchObject([{ type: 'string_pattern_mismatch', loc: ['query', 'sort'] }]);
  });

  it.each(['created_at,created_at', '-created_at,created_at', 'total_cents,-total_cents'])(
    'cannot contain a field twice: %s',
    (sort) => {
      const msg = 'Value error, A field can be named only once';
      expect(judge({ sort }).errors).toMatchObject([{ type: 'value_error', loc: ['query', 'sort'], msg, input: sort }]);
    },
  );

  it.each(['created_at,total_cents,created_at', 'x'.repeat(25), 'x'.repeat(200)])(
    'fails the pattern check at any length up to the maximum: %s',
    (sort) => {
      for (const model of [ThingQuery, OneQuery])
        expect(judge({ sort }, model).errors).toMatchObject([{ type: 'string_pattern_mismatch', input: sort }]);
    },
  );

  it.each(['x'.repeat(201), 'created_at'.repeat(50)])('cannot be longer than 200 characters: %s', (sort) => {
    expect(judge({ sort }).errors).toMatchObject([{ type: 'string_too_long', ctx: { max_length: 200 } }]);
  });

  it('may have a single column to choose from', () => {
    for (const sort of ['id', '-id']) expect(judge({ sort }, OneQuery).errors).toEqual([]);
    for (const sort of ['id,-id', 'i', '-']) expect(judge({ sort }, OneQuery).errors).toHaveLength(1);
  });
});

describe('count', () => {
  it('is a boolean that defaults to false', () => {
    expect(judge({}).query?.count).toBe(false);
    expect(judge({ count: 'true' }).query?.count).toBe(true);
    expect(judge({ count: 'no' }).query?.count).toBe(false);
  });

  it.each(['', '2', 'maybe', 'TRUE ', 'null', '-1'])('cannot be %j', (count) => {
    expect(judge({ count }).errors).toMatchObject([{ type: 'bool_parsing', loc: ['query', 'count'] }]);
  });
});
