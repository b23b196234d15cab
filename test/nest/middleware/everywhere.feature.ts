import {
  Controller,
  Get,
  Injectable,
  Module,
  Req,
  type MiddlewareConsumer,
  type NestMiddleware,
  type NestModule,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { NextFunction, Request, Response } from 'express';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

type Marked = Request & { marks?: string[] };

const seen: string[] = [];
const mark = (request: Marked, text: string) => (request.marks ??= []).push(text);

function functional(request: Marked, _response: Response, next: NextFunction): void {
  mark(request, 'functional');
  next();
}

@Injectable()
class LoggerMiddleware implements NestMiddleware {
  use(request: Marked, response: Response, next: NextFunction): void {
    const { method, originalUrl } = request;
    mark(request, 'everywhere');
    response.on('finish', () => seen.push(`${method} ${originalUrl} ${response.statusCode}`));
    next();
  }
}

@Public()
@ApiExcludeController()
@Controller('everywhere')
class EverywhereController {
  @Get()
  all(@Req() { marks }: Marked) {
    return marks ?? [];
  }

  @Get('excluded')
  excluded(@Req() { marks }: Marked) {
    return marks ?? [];
  }
}

@Module({})
class InnerModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer
      .apply((request: Marked, _response: Response, next: NextFunction) => {
        mark(request, 'inner');
        next();
      })
      .forRoutes('everywhere');
  }
}

@Module({ imports: [InnerModule], controllers: [EverywhereController] })
class EverywhereModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(LoggerMiddleware).exclude('everywhere/excluded').forRoutes('*');
  }
}

export default defineFeature({
  module: EverywhereModule,
  configure: (app) => {
    app.use(functional);
    app.use('/mounted', (request: Request, response: Response) => {
      response.json({ url: request.url, base: request.baseUrl });
    });
    app.use('/everywhere/express', (_request: Request, _response: Response, next: NextFunction) => {
      next(new Error('by app.use'));
    });
  },
  probe: seen,
});
