import {
  Body,
  ConflictException,
  Controller,
  Get,
  HttpCode,
  HttpStatus,
  Injectable,
  Module,
  Param,
  Patch,
  Post,
  Query,
  UsePipes,
  ValidationPipe,
  type ValidationError,
} from '@nestjs/common';
import { ApiExcludeController, ApiOperation, ApiTags } from '@nestjs/swagger';
import { defineFeature } from '../feature.js';
import { namedError, Public, Returns } from '../kernel.js';
import { AccountDto, FlagQuery, Given, given, GroupedDto, IdParams, NamedDto, PageQuery, PriceDto } from './own.dto.js';

const exceptionFactory = (errors: ValidationError[]) =>
  new ConflictException(`own: ${errors.map(({ property }) => property).join()}`);
const implicit = { transform: true, transformOptions: { enableImplicitConversion: true } };
const strict = { whitelist: true, forbidNonWhitelisted: true };

@Public()
@ApiExcludeController()
@Controller('own')
class OwnController {
  @Get('flag')
  @UsePipes(new ValidationPipe({ transform: true }))
  flag(@Query() query: FlagQuery) {
    return given(query);
  }

  @Get('flag-parameter')
  flagParameter(@Query(new ValidationPipe({ transform: true })) query: FlagQuery) {
    return given(query);
  }

  @Post('mixed')
  @HttpCode(200)
  mixed(@Query(new ValidationPipe({ transform: true })) query: FlagQuery, @Body() account: AccountDto) {
    return given({ query, account });
  }

  @Post('named')
  @UsePipes(new ValidationPipe({ transform: true }))
  named(@Body() body: NamedDto) {
    return given(body);
  }

  @Post('create')
  create(@Body(new ValidationPipe({ groups: ['create'] })) body: GroupedDto) {
    return given(body);
  }

  @Post('factory')
  @UsePipes(new ValidationPipe({ exceptionFactory }))
  factory(@Body() body: AccountDto) {
    return given(body);
  }

  @Post('silent')
  @UsePipes(new ValidationPipe({ errorHttpStatusCode: HttpStatus.NOT_ACCEPTABLE, disableErrorMessages: true }))
  silent(@Body() body: AccountDto) {
    return given(body);
  }

  @Patch('part')
  part(@Body(new ValidationPipe({ skipMissingProperties: true })) body: AccountDto) {
    return given(body);
  }

  @Get('implicit')
  @UsePipes(new ValidationPipe(implicit))
  implicit(@Query() query: PageQuery) {
    return given(query);
  }
}

/** A pipe of the controller, passed as a class that Nest instantiates. */
@Injectable()
class PricesPipe extends ValidationPipe {
  constructor() {
    super({ transform: true });
  }
}

@Public()
@ApiExcludeController()
@Controller('own-prices')
@UsePipes(PricesPipe)
class PricesController {
  @Post()
  price(@Body() body: PriceDto) {
    return given(body);
  }
}

@Public()
@ApiTags('own')
@Controller('own-documented')
class DocumentedController {
  @Post('price')
  @ApiOperation({ summary: 'Has a pipe of its own.' })
  @UsePipes(new ValidationPipe({ transform: true }))
  @Returns(Given)
  ownPrice(@Body() body: PriceDto) {
    return given(body);
  }

  @Post('factory')
  @ApiOperation({ summary: 'Refuses in its own way.' })
  @UsePipes(new ValidationPipe({ exceptionFactory }))
  @Returns(Given, { errors: [namedError(409, () => 'own: email')] })
  ownFactory(@Body() body: AccountDto) {
    return given(body);
  }

  @Post('strict')
  @ApiOperation({ summary: 'Takes no other fields.' })
  @Returns(Given)
  ownStrict(@Body(new ValidationPipe(strict)) body: AccountDto) {
    return given(body);
  }

  @Get('flag')
  @ApiOperation({ summary: 'Has a query of one flag.' })
  @Returns(Given)
  ownFlag(@Query(new ValidationPipe({ transform: true })) query: FlagQuery) {
    return given(query);
  }

  @Get('any-flag')
  @ApiOperation({ summary: 'Has a query that nothing is wrong with.' })
  @Returns(Given)
  anyFlag(@Query() query: FlagQuery) {
    return given(query);
  }

  @Get('ids/:id')
  @ApiOperation({ summary: 'Has a path as a class.' })
  @UsePipes(new ValidationPipe({ transform: true }))
  @Returns(Given)
  ownId(@Param() params: IdParams) {
    return given(params);
  }
}

@Module({ controllers: [OwnController, PricesController, DocumentedController] })
class OwnPipesModule {}

export default defineFeature({ module: OwnPipesModule });
