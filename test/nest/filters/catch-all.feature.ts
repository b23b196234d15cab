import {
  ArgumentsHost,
  Catch,
  Controller,
  ForbiddenException,
  Get,
  HttpException,
  HttpStatus,
  Module,
} from '@nestjs/common';
import { APP_FILTER, BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import { defineFeature } from '../feature.js';
import { Public, namedError } from '../kernel.js';

const catMissing = namedError(404, (name: string) => `No cat is named ${name}`, 'Tom');

/** Answers all exceptions under `/everything` through the HTTP adapter, and leaves the others to Nest's filter. */
@Catch()
class EverythingFilter extends BaseExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {
    super();
  }

  override catch(exception: unknown, host: ArgumentsHost): void {
    const { httpAdapter } = this.host;
    const http = host.switchToHttp();
    const path = httpAdapter.getRequestUrl(http.getRequest<Request>()) as string;
    if (!path.startsWith('/everything')) return super.catch(exception, host);
    const status = exception instanceof HttpException ? exception.getStatus() : HttpStatus.INTERNAL_SERVER_ERROR;
    const told = exception instanceof Error ? exception.message : 'nothing';
    httpAdapter.reply(http.getResponse(), { statusCode: status, path, told }, status);
  }
}

@Public()
@ApiExcludeController()
@Controller('everything')
class EverythingController {
  @Get('http')
  http() {
    throw new ForbiddenException('Not for you');
  }

  @Get('named')
  named() {
    throw catMissing('Tom');
  }

  @Get('text')
  text() {
    return Promise.reject('a text');
  }
}

@Public()
@ApiExcludeController()
@Controller('left-to-nest')
class LeftController {
  @Get()
  left() {
    throw new ForbiddenException('Left to Nest');
  }
}

@Module({
  controllers: [EverythingController, LeftController],
  providers: [{ provide: APP_FILTER, useClass: EverythingFilter }],
})
class CatchAllModule {}

export default defineFeature({ module: CatchAllModule });
