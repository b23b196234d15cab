import {
  Controller,
  DefaultValuePipe,
  Get,
  HttpStatus,
  Module,
  Param,
  ParseArrayPipe,
  ParseBoolPipe,
  ParseDatePipe,
  ParseEnumPipe,
  ParseFloatPipe,
  ParseIntPipe,
  ParseUUIDPipe,
  NotFoundException,
  Query,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

enum Colour {
  Red = 'red',
  Blue = 'blue',
}

@Public()
@ApiExcludeController()
@Controller('built-in')
class BuiltInPipesController {
  @Get('int/:id')
  int(@Param('id', ParseIntPipe) id: number) {
    return { id };
  }

  @Get('int-406/:id')
  notAcceptable(@Param('id', new ParseIntPipe({ errorHttpStatusCode: HttpStatus.NOT_ACCEPTABLE })) id: number) {
    return { id };
  }

  @Get('int-404/:id')
  unknown(
    @Param('id', new ParseIntPipe({ exceptionFactory: (why) => new NotFoundException(`No cat: ${why}`) })) id: number,
  ) {
    return { id };
  }

  @Get('int-optional')
  optional(@Query('id', new ParseIntPipe({ optional: true })) id?: number) {
    return { id: id ?? null };
  }

  @Get('int-default')
  withDefault(
    @Query('active', new DefaultValuePipe(false), ParseBoolPipe) active: boolean,
    @Query('page', new DefaultValuePipe(7), ParseIntPipe) page: number,
  ) {
    return { active, page };
  }

  @Get('float')
  float(@Query('price', ParseFloatPipe) price: number) {
    return { price };
  }

  @Get('bool')
  bool(@Query('on', ParseBoolPipe) on: boolean) {
    return { on };
  }

  @Get('array')
  array(@Query('ids', new ParseArrayPipe({ items: Number, separator: ',' })) ids: number[]) {
    return { ids };
  }

  @Get('texts')
  texts(@Query('names', new ParseArrayPipe({ items: String, separator: '|', optional: true })) names?: string[]) {
    return { names: names ?? null };
  }

  @Get('uuid/:id')
  uuid(@Param('id', ParseUUIDPipe) id: string) {
    return { id };
  }

  @Get('uuid-4/:id')
  version(@Param('id', new ParseUUIDPipe({ version: '4' })) id: string) {
    return { id };
  }

  @Get('enum/:colour')
  enum(@Param('colour', new ParseEnumPipe(Colour)) colour: Colour) {
    return { colour };
  }

  @Get('date')
  date(@Query('at', ParseDatePipe) at: Date) {
    return { year: at.getUTCFullYear(), isDate: at instanceof Date };
  }

  @Get('date-default')
  dateDefault(@Query('at', new ParseDatePipe({ optional: true, default: () => new Date(0) })) at: Date) {
    return { at };
  }
}

@Module({ controllers: [BuiltInPipesController] })
class BuiltInPipesModule {}

export default defineFeature({ module: BuiltInPipesModule });
