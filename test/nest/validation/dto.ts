import { OmitType, PartialType } from '@nestjs/mapped-types';
import { Expose, Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  Equals,
  IsArray,
  IsBoolean,
  IsDateString,
  IsEnum,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
  Validate,
  ValidateIf,
  ValidateNested,
  ValidatorConstraint,
  registerDecorator,
  type ValidationArguments,
  type ValidatorConstraintInterface,
} from 'class-validator';

export enum Kind {
  cat = 'cat',
  dog = 'dog',
}

@ValidatorConstraint({ name: 'free', async: true })
class IsFree implements ValidatorConstraintInterface {
  async validate(name: unknown): Promise<boolean> {
    await Promise.resolve();
    return name !== 'Taken';
  }

  defaultMessage({ property }: ValidationArguments): string {
    return `${property} is taken`;
  }
}

/** A custom decorator: checks that the value is longer than another property. */
function IsLongerThan(other: string): PropertyDecorator {
  return (target, key) => {
    const options = { message: '$property must be longer' };
    const property = { target: target.constructor, propertyName: String(key), constraints: [other] };
    registerDecorator({ ...property, options, validator: { validate: isLonger } });
  };
}

function isLonger(value: unknown, { object, constraints }: ValidationArguments): boolean {
  return typeof value === 'string' && value.length > String(Reflect.get(object, constraints[0] as string)).length;
}

export class Address {
  @IsString()
  @Length(2, 10)
  city!: string;

  @IsOptional()
  @Matches(/^\d{5}$/)
  zip?: string;
}

class Named {
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value))
  @IsNotEmpty()
  @IsString()
  @Validate(IsFree)
  name!: string;
}

/** Uses only decorators of class-validator. */
export class CreatePet extends Named {
  @IsEnum(Kind)
  kind!: Kind;

  @IsInt()
  @Min(0)
  @Max(99)
  age!: number;

  @IsOptional()
  @IsBoolean()
  tame?: boolean;

  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(2)
  @IsString({ each: true })
  tags?: string[];

  @IsOptional()
  @ValidateNested()
  @Type(() => Address)
  home?: Address;

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Address)
  former?: Address[];

  @IsOptional()
  @IsDateString()
  born?: string;

  @IsOptional()
  @IsUUID('4')
  chip?: string;

  @IsOptional()
  @IsObject()
  more?: Record<string, unknown>;

  @IsOptional()
  @IsLongerThan('name')
  fullName?: string;

  @IsOptional()
  @IsIn(['small', 'large'])
  size = 'small';
}

export class UpdatePet extends PartialType(OmitType(CreatePet, ['kind'] as const)) {}

export class Payment {
  @IsIn(['card', 'cash'])
  by!: string;

  @ValidateIf(({ by }: Payment) => by === 'card')
  @IsString()
  card?: string;
}

export class Terms {
  @Equals(true)
  accepted!: boolean;
}

export class Search {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  page: number = 1;

  @IsOptional()
  @Transform(({ value }) => value === 'true')
  @IsBoolean()
  tame?: boolean;

  @IsOptional()
  @IsEnum(Kind)
  kind?: Kind;

  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? value : [value]) as unknown[])
  @IsString({ each: true })
  tag?: string[];

  @Expose()
  get isFirst(): boolean {
    return this.page === 1;
  }
}

export class PetId {
  @Type(() => Number)
  @IsInt()
  id!: number;
}

/** Has no validation decorators. */
export class Undecorated {
  anything?: unknown;
}
