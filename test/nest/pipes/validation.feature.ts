import {
  Body,
  Controller,
  Get,
  HttpCode,
  HttpStatus,
  Module,
  Param,
  ParseArrayPipe,
  Post,
  Query,
  UnprocessableEntityException,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common';
import { ApiExcludeController, ApiProperty, PartialType, PickType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayNotEmpty,
  IsEmail,
  IsInt,
  IsNumberString,
  IsOptional,
  IsString,
  Min,
  ValidateNested,
} from 'class-validator';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

class TagDto {
  @ApiProperty()
  @IsString()
  text!: string;
}

class CreateCatDto {
  @ApiProperty()
  @IsString()
  name!: string;

  @ApiProperty()
  @IsInt()
  @Min(0)
  age!: number;

  @ApiProperty({ required: false, type: [TagDto] })
  @IsOptional()
  @ValidateNested({ each: true })
  @ArrayNotEmpty()
  @Type(() => TagDto)
  tags?: TagDto[];

  describe(): string {
    return `${this.name} is ${this.age}`;
  }
}

class UpdateCatDto extends PartialType(CreateCatDto) {}
class CatNameDto extends PickType(CreateCatDto, ['name'] as const) {}

class OwnerDto {
  @ApiProperty()
  @IsEmail()
  email!: string;
}

class IdParams {
  @ApiProperty()
  @IsNumberString()
  id!: string;
}

class PageQuery {
  @ApiProperty({ required: false })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Type(() => Number)
  page = 1;
}

const refuse = () => new UnprocessableEntityException('Not a cat');
/** Returns the value that a handler was given, with the name of its class. */
const said = (value: object) => ({ value, type: value.constructor.name });

@Public()
@ApiExcludeController()
@Controller('validated')
@UsePipes(new ValidationPipe({ transform: true }))
class ValidatedController {
  @Post('cats')
  create(@Body() cat: CreateCatDto) {
    return { ...said(cat), told: cat.describe() };
  }

  @Post('changes')
  update(@Body() changes: UpdateCatDto) {
    return said(changes);
  }

  @Post('names')
  @UsePipes(new ValidationPipe({ whitelist: true }))
  name(@Body() cat: CatNameDto) {
    return said(cat);
  }

  @Post('bulk')
  bulk(@Body(new ParseArrayPipe({ items: TagDto })) tags: TagDto[]) {
    return tags.map(said);
  }

  @Get('ids/:id')
  byId(@Param() params: IdParams) {
    return said(params);
  }

  @Get('pages')
  page(@Query() query: PageQuery) {
    return said(query);
  }
}

@Public()
@ApiExcludeController()
@Controller('strict')
class StrictController {
  @Post('forbidden')
  @HttpCode(200)
  forbidden(@Body(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true })) owner: OwnerDto) {
    return owner;
  }

  @Get('converted/:id')
  @UsePipes(new ValidationPipe({ transform: true }))
  converted(@Param('id') id: number, @Query('on') on: boolean) {
    return { id, on: on ?? null };
  }

  @Post('status')
  @UsePipes(new ValidationPipe({ errorHttpStatusCode: HttpStatus.I_AM_A_TEAPOT, expectedType: OwnerDto }))
  status(@Body() owner: object) {
    return owner;
  }

  @Post('factory')
  @UsePipes(new ValidationPipe({ exceptionFactory: refuse, expectedType: OwnerDto }))
  factory(@Body() owner: object) {
    return owner;
  }

  @Post('silent')
  @UsePipes(new ValidationPipe({ disableErrorMessages: true, expectedType: OwnerDto }))
  silent(@Body() owner: object) {
    return owner;
  }
}

@Module({ controllers: [ValidatedController, StrictController] })
class ValidationModule {}

export default defineFeature({ module: ValidationModule });
