import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type { FieldError } from '../errors/validation-failed.js';
import { Secret } from './secret.js';
import { check, checkEmbedded } from './validate.js';
import type { Source } from './validation-run.js';

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

class UserChange {
  @ValidateNested()
  @Type(() => UserUpdate)
  user!: UserUpdate;

  @IsString()
  @MaxLength(500)
  reason!: string;
}

class Login {
  @IsOptional()
  @IsString()
  @MaxLength(20)
  @Matches(/^password$/)
  grant_type?: string;

  @IsString()
  @MaxLength(254)
  username!: string;

  @Secret()
  @IsString()
  @MaxLength(128)
  password!: string;

  @IsString()
  @MaxLength(500)
  scope = '';
}

class UserList {
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  page = 1;

  @IsInt()
  @Min(1)
  @Max(100)
  limit = 10;

  @IsOptional()
  @IsString()
  @MaxLength(100)
  search?: string;

  @IsBoolean()
  active = true;
}

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

const embedded = (value: unknown) => {
  const errors: FieldError[] = [];
  return { value: checkEmbedded(UserChange, value, ['body'], errors), errors };
};

describe('an embedded body', () => {
  it('may contain models and values', () => {
    const { value } = embedded({ user: { name: 'Bob' }, reason: '' });
    expect(value).toEqual({ user: { name: 'Bob' }, reason: '' });
    expect(value?.user).toBeInstanceOf(UserUpdate);
  });

  it.each([[undefined], [null], [[]], [[{}]], ['text'], [1.5], [{}], [{ x: 1 }]])(
    'reports all fields as missing for %j',
    (body) => {
      expect(embedded(body).errors).toEqual([missing(['body', 'user'], null), missing(['body', 'reason'], null)]);
    },
  );

  it('reports null as invalid, not as missing', () => {
    expect(embedded({ user: null, reason: null }).errors).toMatchObject([
      noObject(['body', 'user'], null),
      { type: 'string_type', loc: ['body', 'reason'], input: null },
    ]);
  });

  it('reports the errors in fields of its models', () => {
    expect(embedded({ user: { name: '😀', bio: 2 } }).errors).toMatchObject([
      { type: 'string_too_short', loc: ['body', 'user', 'name'], input: '😀' },
      { type: 'string_type', loc: ['body', 'user', 'bio'], input: 2 },
      missing(['body', 'reason'], null),
    ]);
  });

  it('shows the model that lacks a field', () => {
    class Move {
      @ValidateNested()
      @Type(() => Address)
      to!: Address;
    }
    const errors: FieldError[] = [];
    checkEmbedded(Move, { to: { street: 'x' } }, ['body'], errors);
    expect(errors).toEqual([missing(['body', 'to', 'city'], { street: 'x' })]);
  });
});

const query = (values: Record<string, string>) => judge(UserList, values, 'params', 'query');

describe('query parameters', () => {
  it('have default values', () => {
    expect(query({}).value).toEqual({ page: 1, limit: 10, active: true });
  });

  it('are converted to their types', () => {
    const { value } = query({ page: ' 2', limit: '1_0', active: 'off', search: ' Zoë ' });
    expect(value).toEqual({ page: 2, limit: 10, active: false, search: ' Zoë ' });
  });

  it('report errors in declared order, with the text as input', () => {
    expect(query({ active: 'x', limit: 'y', page: '', search: 's' }).errors).toMatchObject([
      { type: 'int_parsing', loc: ['query', 'page'], input: '' },
      { type: 'int_parsing', loc: ['query', 'limit'], input: 'y' },
      { type: 'bool_parsing', loc: ['query', 'active'], input: 'x' },
    ]);
  });

  it('may be the empty string', () => {
    expect(query({ search: '' }).value).toMatchObject({ search: '' });
  });

  it('that are missing are reported with the input null', () => {
    class Dashboard {
      @IsInt()
      @Min(1)
      @Max(2 ** 31 - 1)
      user_id!: number;
    }
    expect(judge(Dashboard, {}, 'params', 'query').errors).toEqual([missing(['query', 'user_id'], null)]);
  });

  it('are checked against their limits', () => {
    expect(query({ page: '0', limit: '101', search: 'x'.repeat(101) }).errors).toMatchObject([
      { type: 'greater_than_equal', ctx: { ge: 1 } },
      { type: 'less_than_equal', ctx: { le: 100 } },
      { type: 'string_too_long', ctx: { max_length: 100 } },
    ]);
  });
});

const form = (values: Record<string, string>) => judge(Login, values, 'form');

describe('a form', () => {
  const good = { username: 'ann', password: 'Password1' };

  it('treats empty fields as missing', () => {
    expect(form({ username: '', password: '' }).errors).toEqual([
      missing(['body', 'username'], null),
      missing(['body', 'password'], null),
    ]);
    expect(form({ ...good, grant_type: '', scope: '' }).value).toEqual({ ...good, scope: '' });
  });

  it('reports errors in declared order', () => {
    expect(form({ grant_type: 'x' }).errors).toMatchObject([
      { type: 'string_pattern_mismatch', loc: ['body', 'grant_type'], input: 'x', ctx: { pattern: '^password$' } },
      missing(['body', 'username'], null),
      missing(['body', 'password'], null),
    ]);
  });
});
