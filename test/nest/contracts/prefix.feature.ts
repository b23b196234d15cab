import { Module, ServiceUnavailableException, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { defineFeature } from '../feature.js';

/** An access check of an application's own, in front of routes that Aerie brings. */
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
