import { Body, ConflictException, Controller, Get, Module, Param, Post, Query, ValidationPipe } from '@nestjs/common';
import { ApiExcludeController, ApiOperation, ApiTags } from '@nestjs/swagger';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';
import { AccountDto, FlagQuery, Given, given, PriceDto } from './own.dto.js';

@Public()
@ApiExcludeController()
@Controller('used')
class PlainController {
  @Get('flag/:id')
  flag(@Query() query: FlagQuery, @Param('id') id: number) {
    return given({ active: query.active, id });
  }

  @Post('price')
  price(@Body() body: PriceDto) {
    return given(body);
  }

  @Post('account')
  account(@Body() body: AccountDto) {
    return given(body);
  }
}

@Public()
@ApiTags('used')
@Controller('used-documented')
class DocumentedController {
  @Post('price')
  @ApiOperation({ summary: 'Has the kernel’s pipe only.' })
  @Returns(Given)
  usedPrice(@Body() body: PriceDto) {
    return given(body);
  }

  @Post('account')
  @ApiOperation({ summary: 'Has the kernel’s list of errors.' })
  @Returns(Given)
  usedAccount(@Body() body: AccountDto) {
    return given(body);
  }
}

@Module({ controllers: [PlainController, DocumentedController] })
class UsedPipesModule {}

export default defineFeature({
  module: UsedPipesModule,
  configure: (app) =>
    app.useGlobalPipes(
      new ValidationPipe({
        whitelist: true,
        forbidNonWhitelisted: true,
        transform: true,
        exceptionFactory: (errors) => new ConflictException(`own: ${errors.map(({ property }) => property).join()}`),
      }),
    ),
});
