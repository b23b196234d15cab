import { Exclude, Expose, Transform, Type } from 'class-transformer';
import {
  ArrayUnique,
  IsArray,
  IsDate,
  IsDefined,
  IsEmail,
  IsEnum,
  IsInstance,
  IsLatitude,
  IsNumber,
  IsNumberString,
  IsOptional,
  IsPositive,
  IsString,
  IsUrl,
  Length,
  MinDate,
  ValidateNested,
} from 'class-validator';
import { Kind } from './dto.js';

export class Shape {
  @IsString()
  kind!: string;
}

export class Circle extends Shape {
  @IsNumber()
  @IsPositive()
  radius!: number;
}

export class Square extends Shape {
  @IsNumber()
  @IsPositive()
  side!: number;
}

const SHAPES = {
  discriminator: {
    property: 'kind',
    subTypes: [
      { value: Circle, name: 'circle' },
      { value: Square, name: 'square' },
    ],
  },
  keepDiscriminatorProperty: true,
};

/** Uses less common features of class-transformer and class-validator. */
export class Kinds {
  @IsOptional()
  @IsNumber({ maxDecimalPlaces: 2 })
  price?: number;

  @IsOptional()
  @IsLatitude()
  latitude?: number;

  @IsOptional()
  @Type(() => Date)
  @IsDate()
  @MinDate(new Date('2000-01-01'))
  at?: Date;

  @IsOptional()
  @IsEmail()
  email?: string;

  @IsOptional()
  @IsUrl()
  url?: string;

  @IsOptional()
  @IsNumberString()
  digits?: string;

  @IsOptional()
  @IsEnum(Kind, { each: true })
  @ArrayUnique()
  kinds?: Kind[];

  @IsOptional()
  @Expose({ name: 'full_name' })
  @IsString()
  @Length(2)
  fullName?: string;

  @Exclude({ toClassOnly: true })
  @IsOptional()
  internal?: string;

  @IsOptional()
  @ValidateNested()
  @IsInstance(Shape)
  @Type(() => Shape, SHAPES)
  shape?: Circle | Square;

  @IsOptional()
  @Type(() => Date)
  @IsDate({ each: true })
  dates?: Date[];
}

/** Has types only, as in the chapter on controllers in Nest's documentation. */
export class TypesAlone {
  name!: string;
  age!: number;
  breed!: string;
}

export class Many {
  @IsArray()
  @IsString({ each: true })
  names!: string[];

  @IsOptional()
  @Type(() => Number)
  @IsNumber({}, { each: true })
  numbers?: number[];
}

export class ByGroups {
  @IsDefined({ groups: ['create'] })
  @IsString({ always: true })
  name?: string;

  @IsOptional()
  @IsString()
  @Transform(({ value }: { value: string }) => value.toLowerCase(), { toClassOnly: true })
  code?: string;
}
