import {
  ApiHideProperty,
  ApiProperty,
  ApiPropertyOptional,
  IntersectionType,
  OmitType,
  PartialType,
  PickType,
} from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsEnum, IsInt, IsOptional, IsString, Max, MaxLength, Min, MinLength } from 'class-validator';

export enum Coat {
  short = 'short',
  long = 'long',
}

export class CreateCatDto {
  @ApiProperty({ description: 'What it is called', example: 'Tom', minLength: 2, maxLength: 20 })
  @IsString()
  @MinLength(2)
  @MaxLength(20)
  name!: string;

  @ApiProperty({ type: 'integer', minimum: 0, maximum: 30, example: 3, description: 'In years' })
  @IsInt()
  @Min(0)
  @Max(30)
  age!: number;

  @ApiPropertyOptional({ enum: Coat, enumName: 'Coat', example: Coat.short, description: 'How long its hair is' })
  @IsOptional()
  @IsEnum(Coat)
  coat?: Coat;
}

class ChipDto {
  @ApiProperty({ example: '0A1B', description: 'The number of its chip', maxLength: 20 })
  @IsString()
  @MaxLength(20)
  chip!: string;
}

export class UpdateCatDto extends PartialType(CreateCatDto) {}
export class RenameCatDto extends PickType(CreateCatDto, ['name'] as const) {}
export class AgelessCatDto extends OmitType(CreateCatDto, ['age'] as const) {}
export class ChippedCatDto extends IntersectionType(CreateCatDto, ChipDto) {}

export class CatDto {
  @ApiProperty({ type: 'integer', example: 7, description: 'Its number' })
  id!: number;

  @ApiProperty({ example: 'Tom', description: 'What it is called' })
  name!: string;

  @ApiProperty({ type: [String], example: ['tame'], description: 'What is said of it' })
  tags!: string[];

  @ApiHideProperty()
  secret?: string;
}

export class CatQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 100, default: 1, example: 1, description: 'Which part' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  part: number = 1;
}
