import { Controller, Get, Injectable, Module } from '@nestjs/common';
import type { MiddlewareConsumer, NestMiddleware, NestModule } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { NextFunction, Request, Response } from 'express';
import { Public } from '../../src/kernel/access/access.js';

/** Tells callers that a part of the API ends (RFC 9745, RFC 8594). */
@Injectable()
class SunsetMiddleware implements NestMiddleware {
  use(_request: Request, response: Response, next: NextFunction): void {
    response.setHeader('Deprecation', '@1767225600');
    response.setHeader('Sunset', 'Thu, 31 Dec 2026 23:59:59 GMT');
    next();
  }
}

@Public()
@ApiExcludeController()
@Controller('v1/prices')
class OldPricesController {
  @Get()
  list() {
    return [{ name: 'Desk lamp', euros: 4.95 }];
  }
}

@Module({ controllers: [OldPricesController] })
export class OldPricesModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(SunsetMiddleware).forRoutes('v1/*path');
  }
}
