import { Body, Controller, Get, HttpCode, Ip, Module, Post, Query, Req, Res, SignedCookies } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Application, Request, Response } from 'express';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

@Public()
@ApiExcludeController()
@Controller('platform')
class PlatformController {
  constructor(private readonly host: HttpAdapterHost) {}

  @Get()
  platform(@Req() request: Request) {
    const adapter = this.host.httpAdapter;
    return {
      type: adapter.getType(),
      url: adapter.getRequestUrl(request) as string,
      local: request.app.locals['own'] as string,
    };
  }

  @Get('query')
  query(@Query() query: object) {
    return query;
  }

  @Get('ip')
  ip(@Ip() ip: string, @Req() request: Request) {
    return { ip, protocol: request.protocol, host: request.hostname };
  }

  @Post('large')
  @HttpCode(200)
  large(@Body() { text }: { text: string }) {
    return { length: text.length };
  }

  @Get('cookies')
  cookies(@SignedCookies('kept') kept: string | undefined, @Res({ passthrough: true }) response: Response) {
    this.host.httpAdapter.setCookie(response, 'kept', 'a value', { signed: true, httpOnly: true });
    return { kept: kept ?? null };
  }
}

@Module({ controllers: [PlatformController] })
class PlatformModule {}

const byAdapter = (_request: Request, response: Response) => response.send('by the adapter');

export default defineFeature({
  module: PlatformModule,
  options: { cookies: { secret: 'only-for-tests' } },
  configure: (app) => {
    app.set('query parser', 'extended');
    app.set('trust proxy', 'loopback');
    app.setLocal('own', 'local');
    app.useBodyParser('json', { limit: '2mb' });
    const express = app.getHttpAdapter().getInstance() as Application;
    express.get('/by-express', (_request, response) => void response.json({ by: 'Express' }));
    app.getHttpAdapter().get('/by-adapter', byAdapter as never);
  },
});
