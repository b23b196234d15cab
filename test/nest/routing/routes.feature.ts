import {
  All,
  Controller,
  Delete,
  Get,
  Head,
  HttpCode,
  HostParam,
  Module,
  Options,
  Param,
  Patch,
  Post,
  Put,
  QueryMethod,
  Req,
  RequestMapping,
  RequestMethod,
  Res,
  Search,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

@Public()
@ApiExcludeController()
@Controller('methods')
class MethodsController {
  @Get('each')
  get() {
    return 'GET';
  }

  @Post('each')
  post() {
    return 'POST';
  }

  @Put('each')
  put() {
    return 'PUT';
  }

  @Patch('each')
  patch() {
    return 'PATCH';
  }

  @Delete('each')
  delete() {
    return 'DELETE';
  }

  @Options('each')
  @HttpCode(204)
  options(@Res({ passthrough: true }) response: Response) {
    response.set('X-By', 'OPTIONS');
  }

  @Head('head')
  head(@Res({ passthrough: true }) response: Response) {
    response.set('X-By', 'HEAD');
  }

  @Get('head')
  afterHead() {
    return 'GET';
  }

  @Search('search')
  search() {
    return 'SEARCH';
  }

  @QueryMethod('query')
  query() {
    return 'QUERY';
  }

  @All('all')
  all(@Req() { method }: Request) {
    return { method };
  }

  @RequestMapping({ path: 'mapped', method: RequestMethod.PUT })
  mapped() {
    return 'mapped';
  }

  @Get('only')
  only() {
    return 'only GET';
  }
}

@Public()
@ApiExcludeController()
@Controller(['one-name', 'other-name'])
class SeveralController {
  @Get(['first', 'second'])
  several() {
    return 'several';
  }

  @Get()
  root() {
    return 'root';
  }
}

@Public()
@ApiExcludeController()
@Controller('wild')
class WildController {
  @Get('files/*path')
  files(@Param('path') path: string | string[]) {
    return { path };
  }

  @Get('maybe/{*rest}')
  maybe(@Param('rest') rest: string[] | undefined) {
    return { rest: rest ?? null };
  }

  @Get('optional{/:id}')
  optional(@Param('id') id: string | undefined) {
    return { id: id ?? null };
  }

  @Get('pair/:from-:to')
  pair(@Param() pair: object) {
    return pair;
  }

  @Get('static')
  static() {
    return 'static before parameter';
  }

  @Get(':any')
  any(@Param('any') any: string) {
    return { any };
  }

  @Get('shadowed')
  shadowed() {
    return 'never reached: the parameter comes first';
  }
}

@Public()
@ApiExcludeController()
@Controller({ host: 'admin.example.com', path: 'hosted' })
class AdminController {
  @Get()
  index() {
    return 'admin';
  }
}

@Public()
@ApiExcludeController()
@Controller({ host: ':account.example.org', path: 'hosted' })
class AccountController {
  @Get()
  account(@HostParam('account') account: string, @HostParam() all: object) {
    return { account, all };
  }
}

@Public()
@ApiExcludeController()
@Controller('hosted')
class AnyHostController {
  @Get()
  index() {
    return 'any host';
  }
}

@Module({
  controllers: [
    MethodsController,
    SeveralController,
    WildController,
    AdminController,
    AccountController,
    AnyHostController,
  ],
})
class RoutesModule {}

export default defineFeature({ module: RoutesModule });
