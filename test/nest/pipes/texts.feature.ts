import { Body, Controller, Module, Post } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDate,
  IsDateString,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUrl,
  Length,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';
import { Given, given } from './own.dto.js';

class CardDto {
  @ApiProperty({ example: 'x' })
  @IsNotEmpty()
  @MaxLength(9)
  title!: string;

  @ApiProperty({ example: 'https://example.com' })
  @IsUrl()
  @MaxLength(99)
  link!: string;

  @ApiProperty({ example: '2026-01-31' })
  @IsDateString()
  @MaxLength(30)
  day!: string;

  @ApiProperty({ example: '2026-01-31T09:30:00.000Z' })
  @Type(() => Date)
  @IsDate()
  at!: Date;

  @ApiProperty({ example: 'abc' })
  @Length(3, 5, { message: '$property: between $constraint1 and $constraint2' })
  code!: string;

  @ApiPropertyOptional({ example: 1 })
  @IsOptional()
  @IsInt({ message: 'count whole ones' })
  @Min(1, { message: 'at least one, not $value' })
  @Max(9)
  count?: number;

  @ApiPropertyOptional({ example: ['a'], type: [String] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1, { message: 'one label' })
  @IsString({ each: true })
  @MaxLength(3, { each: true, message: 'a short label' })
  labels?: string[];
}

class CardChanges extends PartialType(CardDto) {}

@Public()
@ApiTags('cards')
@Controller('cards')
class CardsController {
  @Post()
  @ApiOperation({ summary: 'Takes texts of many forms.' })
  @Returns(Given)
  makeCard(@Body() body: CardDto) {
    return given({ ...body, isDate: body.at instanceof Date });
  }

  @Post('changes')
  @ApiOperation({ summary: 'Takes some of them.' })
  @Returns(Given)
  changeCard(@Body() body: CardChanges) {
    return given(body);
  }
}

@Module({ controllers: [CardsController] })
class CardsModule {}

export default defineFeature({ module: CardsModule });
