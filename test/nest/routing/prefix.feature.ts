import {
  Controller,
  Get,
  Module,
  Post,
  Req,
  RequestMethod,
  type MiddlewareConsumer,
  type NestModule,
} from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import type { NextFunction, Request, Response } from 'express';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

@Public()
@ApiExcludeController()
@Controller('cats')
class CatsController {
  @Get()
  cats(@Req() { headers }: Request) {
    return { marked: headers['x-marked'] ?? null };
  }
}

@Public()
@ApiExcludeController()
@Controller('status')
class StatusController {
  @Get()
  get() {
    return 'GET without the prefix';
  }

  @Post()
  post() {
    return 'POST below the prefix';
  }

  @Get('deep/er')
  deep() {
    return 'deep';
  }
}

@Public()
@ApiExcludeController()
@Controller('widgets')
class WidgetsController {
  @Get()
  widgets() {
    return 'widgets';
  }
}

@Public()
@ApiExcludeController()
@Controller()
class PanelController {
  @Get()
  panel() {
    return 'panel';
  }
}

@Module({ controllers: [WidgetsController] })
class WidgetsModule {}

@Module({ controllers: [PanelController] })
class PanelModule {}

@Module({
  imports: [
    WidgetsModule,
    PanelModule,
    RouterModule.register([
      { path: 'panel', module: PanelModule, children: [{ path: ':account', module: WidgetsModule }] },
    ]),
  ],
  controllers: [CatsController, StatusController],
})
class PrefixModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer
      .apply((request: Request, _response: Response, next: NextFunction) => {
        request.headers['x-marked'] = 'yes';
        next();
      })
      .forRoutes(CatsController);
  }
}

export default defineFeature({
  module: PrefixModule,
  configure: (app) =>
    app.setGlobalPrefix('api/v1', {
      exclude: [{ path: 'status', method: RequestMethod.GET }, 'status/deep/*rest'],
    }),
});
