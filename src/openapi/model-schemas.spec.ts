import 'reflect-metadata';
import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsEnum,
  IsInt,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { modelSchemas } from './model-schemas.js';

enum Kind {
  cat = 'cat',
  dog = 'dog',
}

class Line {
  @ApiProperty()
  @IsInt()
  @Min(1)
  @Max(9)
  count!: number;
}

class Basket {
  @ApiProperty({ type: () => [Line] })
  @IsArray()
  @ArrayMaxSize(3)
  @ValidateNested({ each: true })
  @Type(() => Line)
  lines!: Line[];

  @ApiProperty({ enum: Kind, isArray: true })
  @IsEnum(Kind, { each: true })
  @ArrayMaxSize(4)
  kinds!: Kind[];

  @ApiProperty({ type: [Number] })
  @IsInt({ each: true })
  @Min(2, { each: true })
  @Max(5, { each: true })
  @ArrayMaxSize(6)
  counts!: number[];

  @ApiProperty({ type: [String] })
  @IsString({ each: true })
  @Matches(/^[a-z]+$/, { each: true })
  @MaxLength(7, { each: true })
  @ArrayMaxSize(8)
  words!: string[];
}

describe('a list', () => {
  it('has items of its type, with the rules for each item', () => {
    const { properties } = modelSchemas([Basket], 'request')['Basket']!;
    expect(properties).toEqual({
      lines: { type: 'array', maxItems: 3, items: { $ref: '#/components/schemas/Line' } },
      kinds: { type: 'array', maxItems: 4, items: { type: 'string', enum: ['cat', 'dog'] } },
      counts: { type: 'array', maxItems: 6, items: { type: 'integer', format: 'int32', minimum: 2, maximum: 5 } },
      words: { type: 'array', maxItems: 8, items: { type: 'string', pattern: '^[a-z]+$', maxLength: 7 } },
    });
  });
});
