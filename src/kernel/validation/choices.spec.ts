import 'reflect-metadata';
import { ArrayMaxSize, IsArray, IsEnum, IsIn } from 'class-validator';
import type { FieldError } from '../errors/validation-failed.js';
import { check } from './validate.js';

enum UserRole {
  admin = 'admin',
  user = 'user',
}

enum Size {
  small = 1,
  large = 2,
}

class Choices {
  @IsEnum(UserRole)
  role = UserRole.user;

  @IsEnum(Size)
  size = Size.small;

  @IsIn(['a', 'b', 'c'])
  letter = 'a';

  @IsIn(['only'])
  one = 'only';

  @IsArray()
  @ArrayMaxSize(10)
  @IsEnum(UserRole, { each: true })
  roles: UserRole[] = [];
}

function judge(values: object) {
  const errors: FieldError[] = [];
  return { value: check(Choices, values, ['body'], 'json', errors), errors };
}

const error = (type: string, loc: (string | number)[], msg: string, input: unknown, ctx?: object) => ({
  type,
  loc: ['body', ...loc],
  msg,
  input,
  ...(ctx && { ctx }),
});

describe('choices', () => {
  it.each([
    [5],
    [1.5],
    [true],
    [null],
    [[]],
    [['user']],
    [{}],
    ['root'],
    ['user '],
    ['Admin'],
    ['UserRole.admin'],
    ['ádmin'],
  ])('of an enum refuse %j', (role) => {
    const expected = "'admin' or 'user'";
    expect(judge({ role }).errors).toEqual([
      error('enum', ['role'], `Input should be ${expected}`, role, { expected }),
    ]);
  });

  it.each([
    ['letter', "'a', 'b' or 'c'"],
    ['one', "'only'"],
  ])('of the field %s are listed in the error', (field, expected) => {
    expect(judge({ [field]: 'x' }).errors).toEqual([
      error('literal_error', [field], `Input should be ${expected}`, 'x', { expected }),
    ]);
  });

  it('of a numeric enum are its numbers, not its names', () => {
    expect(judge({ size: 2 }).value?.size).toBe(Size.large);
    expect(judge({ size: 'large' }).errors).toMatchObject([{ msg: 'Input should be 1 or 2' }]);
  });

  it('are accepted if they are valid, and checked for each item of a list', () => {
    expect(judge({ role: 'admin', letter: 'c', roles: ['user', 'admin'] }).value).toMatchObject({
      role: 'admin',
      letter: 'c',
    });
    expect(judge({ roles: ['x'] }).errors).toMatchObject([{ type: 'enum', loc: ['body', 'roles', 0] }]);
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'do not include inherited object properties: %s',
    (role) => {
      expect(judge({ role }).errors).toMatchObject([{ type: 'enum' }]);
    },
  );
});
