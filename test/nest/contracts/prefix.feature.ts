import { Module, ServiceUnavailableException, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { defineFeature } from '../feature.js';

/** An application's own access check in front of Aerie's built-in routes. */
function closed(request: Request, _response: Response, next: NextFunction): void {
  next(request.headers['x-key'] === 'open' ? undefined : new ServiceUnavailableException('Closed'));
}

@Module({})
class ClosingModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(closed).forRoutes('items', 'api/v1/posts/:post_id');
  }
}

export default defineFeature({ module: ClosingModule, configure: (app) => app.setGlobalPrefix('v2') });
