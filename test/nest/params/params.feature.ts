import {
  Body,
  Controller,
  Get,
  Headers,
  HostParam,
  HttpCode,
  Ip,
  Module,
  Next,
  Param,
  Post,
  Query,
  Req,
  Request,
  Res,
  Response,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { NextFunction, Request as ExpressRequest, Response as ExpressResponse } from 'express';
import type { IncomingHttpHeaders } from 'node:http';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

@Public()
@ApiExcludeController()
@Controller('params')
class ParamsController {
  @Get('paths/:id/of/:name')
  paths(@Param() all: Record<string, string>, @Param('id') id: string, @Param('none') none: string | undefined) {
    return { all, id, none: none ?? null, types: [typeof id, typeof all] };
  }

  @Get('typed/:id')
  typed(@Param('id') id: number, @Query('flag') flag: boolean, @Query('at') at: string) {
    return { id, flag: flag ?? null, at: at ?? null };
  }

  @Get('query')
  query(@Query() all: Record<string, unknown>, @Query('name') name: string | string[] | undefined) {
    return { all, name: name ?? null };
  }

  @Post('body')
  @HttpCode(200)
  body(@Body() all: unknown, @Body('name') name: unknown) {
    return { all: all ?? null, name: name ?? null };
  }

  @Post('raw')
  @HttpCode(200)
  raw(@Req() request: ExpressRequest) {
    return { body: (request.body as unknown) ?? null, type: request.get('content-type') ?? null };
  }

  @Get('headers')
  headers(@Headers() all: IncomingHttpHeaders, @Headers('X-Custom') custom: string | undefined) {
    return { all: all['x-custom'] ?? null, custom: custom ?? null };
  }

  @Get('ip')
  ip(@Ip() ip: string, @HostParam() hosts: Record<string, string> | undefined) {
    return { ip, hosts: hosts ?? {} };
  }

  @Get('requests/:id')
  requests(@Req() one: ExpressRequest, @Request() other: ExpressRequest) {
    return {
      same: one === other,
      method: one.method,
      url: one.url,
      path: one.path,
      id: one.params['id'],
      query: one.query['q'],
      host: one.hostname,
      accepts: one.accepts('json'),
    };
  }

  @Get('none')
  none() {
    return 'nothing asked';
  }
}

@Public()
@ApiExcludeController()
@Controller('responses')
class ResponsesController {
  @Get('sent')
  sent(@Res() response: ExpressResponse): void {
    response.status(202).set('X-Own', 'yes').json({ sent: 'by hand' });
  }

  @Get('alias')
  alias(@Response() response: ExpressResponse): void {
    response.type('text').send('by hand');
  }

  @Get('later')
  later(@Res() response: ExpressResponse): void {
    setTimeout(() => response.end('later'), 10);
  }

  @Get('passthrough')
  passthrough(@Res({ passthrough: true }) response: ExpressResponse): object {
    response.status(203).header('X-Own', 'yes').cookie('seen', '1');
    return { left: 'to Nest' };
  }

  @Get('ended')
  ended(@Res({ passthrough: true }) response: ExpressResponse): string {
    response.status(201).send('ended by hand');
    return 'is not sent';
  }

  @Get('returned')
  returned(@Res() response: ExpressResponse): string {
    response.send('the answer');
    return 'is ignored';
  }

  @Get('two')
  first(@Next() next: NextFunction, @Query('skip') skip: string | undefined, @Res() response: ExpressResponse): void {
    if (skip === undefined) response.send('first');
    else next();
  }

  @Get('two')
  second(): string {
    return 'second';
  }

  @Get('failing')
  failing(@Next() next: NextFunction): void {
    next(new Error('told to next'));
  }
}

@Module({ controllers: [ParamsController, ResponsesController] })
class ParamsModule {}

export default defineFeature({ module: ParamsModule });
