import { Body, Controller, Get, HttpCode, Module, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Exclude, Transform } from 'class-transformer';
import { IsBoolean, IsOptional, IsString, MaxLength } from 'class-validator';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';
import { StockValidation } from '../stock-validation.js';

class CreateGuest {
  @ApiProperty({ example: 'Ada', description: 'What the guest is called' })
  @Transform(({ value }: { value: unknown }) => (value as string).trim())
  @IsString()
  @MaxLength(5)
  name!: string;

  @ApiProperty({ example: 'admin', description: 'Nobody says it of themselves', required: false })
  @Exclude({ toClassOnly: true })
  @IsOptional()
  @IsString()
  @MaxLength(5)
  role?: string;
}

class Guest {
  @ApiProperty({ example: 'Ada', description: 'What the guest is called' })
  name!: string;

  @ApiProperty({ example: 'guest', description: 'What the guest may do' })
  role!: string;

  @ApiProperty({ example: 'x', description: 'Nobody sees it' })
  @Exclude()
  note!: string;
}

class GuestQuery {
  @ApiProperty({ example: true, description: 'Whether to shout', required: false })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'please' ? true : value))
  @IsBoolean()
  loud?: boolean;

  @ApiProperty({ example: 'x', description: 'Not for callers', required: false })
  @Exclude()
  @IsOptional()
  @IsString()
  @MaxLength(5)
  inner?: string;
}

@Public()
@ApiTags('guests')
@Controller('guests')
class GuestsController {
  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Adds a guest' })
  @Returns(Guest)
  addGuest(@Body() { name, role = 'guest' }: CreateGuest) {
    return { name, role, note: 'secret' };
  }

  @Get()
  @ApiOperation({ summary: 'Shows a guest' })
  @Returns(Guest)
  showGuest(@Query() { loud, inner = 'ada' }: GuestQuery) {
    return { name: loud ? inner.toUpperCase() : inner, role: 'guest', note: 'secret' };
  }
}

@Module({ controllers: [GuestsController] })
class GuestsModule {}

export default defineFeature({ module: GuestsModule, stock: () => [StockValidation] });
