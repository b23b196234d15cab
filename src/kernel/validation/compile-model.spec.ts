import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  Allow,
  IsArray,
  IsDate,
  IsDateString,
  IsEmail,
  IsInt,
  IsIP,
  IsISO8601,
  IsJSON,
  IsMongoId,
  IsNotEmpty,
  IsNumber,
  IsNumberString,
  IsObject,
  IsOptional,
  IsPhoneNumber,
  IsPositive,
  IsString,
  IsStrongPassword,
  IsUrl,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  Validate,
  ValidateIf,
  ValidateNested,
  ValidatePromise,
  ValidatorConstraint,
  type ValidationArguments,
  type ValidatorConstraintInterface,
} from 'class-validator';
import type { FieldError } from '../errors/validation-failed.js';
import { assertModel, check } from './validate.js';

@ValidatorConstraint({ async: true })
class Asynchronous implements ValidatorConstraintInterface {
  validate(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

@ValidatorConstraint()
class After implements ValidatorConstraintInterface {
  validate(value: number, { constraints, object }: ValidationArguments): boolean {
    return value > Number(Reflect.get(object, String(constraints[0])));
  }

  defaultMessage(): string {
    return '$property must come after $constraint1';
  }
}

class Period {
  @IsInt()
  @Min(0)
  @Max(9999)
  from!: number;

  @IsInt()
  @Min(0)
  @Max(9999)
  @Validate(After, ['from'])
  to!: number;
}

const CHOICE = { discriminator: { property: 'type', subTypes: [] } };

/** Returns a class with one field that has these decorators. */
function modelWith(...decorators: PropertyDecorator[]): new () => object {
  class Model {}
  for (const decorate of decorators) decorate(Model.prototype, 'field');
  return Model;
}

describe('assertModel', () => {
  it.each<[string, string, PropertyDecorator[]]>([
    ['a string without a maximum length', 'needs @MaxLength', [IsString(), MinLength(1)]],
    ['an integer without bounds', 'needs @Min and @Max', [IsInt()]],
    ['an integer without a maximum', 'needs @Min and @Max', [IsInt(), Min(1)]],
    ['an integer without a minimum', 'needs @Min and @Max', [IsInt(), Max(1)]],
    ['an integer with a maximum beyond the safe integers', 'within safe integers', [IsInt(), Min(0), Max(2 ** 63)]],
    ['a number without bounds', 'needs @Min and @Max', [IsNumber(), IsPositive()]],
    ['number options', 'options (allowNaN)', [IsNumber({ allowNaN: true }), Min(0), Max(1)]],
    ['a field without a type', 'has no decorator for its type', [IsNotEmpty()]],
    ['bounds without a type', '@ApiExcludeEndpoint()', [Min(1), Max(2)]],
    ['only @IsOptional', 'has no decorator for its type', [IsOptional()]],
    ['only @Allow', 'has no decorator for its type', [Allow()]],
    ['@IsObject', 'has @IsObject, which does not describe the content', [IsObject()]],
    ['a date without @Type', 'add @Type(() => Date)', [IsDate()]],
    ['a list without an item type', '(each value) has no decorator for its type', [IsArray()]],
    [
      'a list of strings without a maximum length',
      '(each value) needs @MaxLength',
      [IsString({ each: true }), MaxLength(5)],
    ],
    ['a nested class without @Type', 'needs @Type', [ValidateNested()]],
    ['a condition on the field', '@ValidateIf', [IsString(), MaxLength(5), ValidateIf(() => false)]],
    ['a condition on one rule', '@ValidateIf', [IsString({ validateIf: () => false }), MaxLength(5)]],
    ['a promise', '@ValidatePromise', [IsString(), MaxLength(5), ValidatePromise()]],
    ['a discriminator', 'discriminator', [ValidateNested(), Type(() => Period, CHOICE)]],
    [
      'groups',
      'groups, which are not supported: write one class per group, or exclude the route',
      [IsString({ groups: ['a'] }), MaxLength(5)],
    ],
    [
      'an asynchronous validator',
      'do this in the service, or exclude the route',
      [IsString(), MaxLength(5), Validate(Asynchronous)],
    ],
  ])('refuses %s', (_name, message, decorators) => {
    expect(() => assertModel(modelWith(...decorators))).toThrow(message);
    expect(() => assertModel(modelWith(...decorators))).toThrow('Model.field');
  });

  it.each<[string, PropertyDecorator[]]>([
    ['an e-mail address', [IsEmail()]],
    ['a positive number', [IsInt(), IsPositive(), Max(5)]],
    ['only @Length', [Length(1, 5)]],
    ['a URL', [IsUrl(), MaxLength(99)]],
    ['a number as text', [IsNumberString(), MaxLength(9)]],
    ['a date as text', [IsDateString(), IsISO8601(), MaxLength(30)]],
    ['an IP address', [IsIP(), MaxLength(45)]],
    ['a strong password', [IsStrongPassword(), MaxLength(99)]],
    ['other text formats', [IsMongoId(), IsJSON(), IsPhoneNumber(), Matches(/x/), MaxLength(24)]],
    ['a field with the TypeScript type string', [Reflect.metadata('design:type', String), IsNotEmpty(), MaxLength(9)]],
    ['a list of URLs', [IsUrl({}, { each: true }), MaxLength(99, { each: true })]],
    ['a date with @Type', [Type(() => Date), IsDate()]],
    ['fractional bounds', [IsNumber(), Min(0.5), Max(1.5)]],
    ['a list with only item validators', [IsString({ each: true }), MaxLength(5, { each: true })]],
  ])('accepts %s', (_name, decorators) => {
    expect(() => assertModel(modelWith(...decorators))).not.toThrow();
  });

  it('refuses a class without decorated fields, and fields without decorators', () => {
    class Empty {}
    expect(() => assertModel(Empty)).toThrow('Empty has no decorated fields');
    class Stray {
      @IsEmail()
      email!: string;

      role = 'user';
    }
    expect(() => assertModel(Stray)).toThrow('Stray.role has no decorators');
  });

  it('checks nested classes, including recursive classes', () => {
    const Bad = modelWith(IsString());
    expect(() =>
      assertModel(
        modelWith(
          ValidateNested(),
          Type(() => Bad),
        ),
      ),
    ).toThrow('Model.field needs @MaxLength');
    const Tree: new () => object = modelWith(
      ValidateNested({ each: true }),
      Type(() => Tree),
      IsOptional(),
    );
    expect(() => assertModel(Tree)).not.toThrow();
  });

  it('refuses an invalid class again on later calls', () => {
    const Bad = modelWith(IsInt());
    expect(() => assertModel(Bad)).toThrow('needs @Min and @Max');
    expect(() => check(Bad, { field: 1 }, [], 'json', [])).toThrow('needs @Min and @Max');
  });
});

const errorsOf = (model: new () => object, value: object) => {
  const errors: FieldError[] = [];
  check(model, value, [], 'json', errors);
  return errors;
};

describe('a field redeclared in a subclass', () => {
  class Base {
    @IsString()
    @MaxLength(5)
    a!: string;

    @IsString()
    @MaxLength(5)
    b!: string;
  }

  class Derived extends Base {
    @IsString()
    @MaxLength(2)
    override a!: string;

    @IsString()
    @MaxLength(5)
    c!: string;
  }

  it('has the rules of the subclass and the position in the base class', () => {
    expect(errorsOf(Derived, { a: 'abc' })).toMatchObject([
      { loc: ['a'], ctx: { max_length: 2 } },
      { loc: ['b'], type: 'missing' },
      { loc: ['c'], type: 'missing' },
    ]);
    expect(errorsOf(Base, { a: 'abc', b: '' })).toEqual([]);
  });
});

const judge = (value: object) => {
  const errors: FieldError[] = [];
  return { value: check(Period, value, ['query'], 'params', errors), errors };
};

describe('a custom validator', () => {
  it('can read the fields declared before it', () => {
    expect(judge({ from: '1990', to: '2000' }).value).toEqual({ from: 1990, to: 2000 });
    expect(judge({ from: '1990', to: '1980' }).errors).toEqual([
      {
        type: 'value_error',
        loc: ['query', 'to'],
        msg: 'Value error, to must come after from',
        input: '1980',
        ctx: { error: {} },
      },
    ]);
  });

  it('runs after the bounds are checked', () => {
    expect(judge({ from: '1990', to: '-1' }).errors).toMatchObject([{ type: 'greater_than_equal' }]);
  });
});
