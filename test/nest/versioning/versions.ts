import {
  Controller,
  Get,
  Module,
  Req,
  RequestMethod,
  VERSION_NEUTRAL,
  Version,
  type MiddlewareConsumer,
  type NestModule,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { NextFunction, Request, Response } from 'express';
import { Public } from '../kernel.js';

@Public()
@ApiExcludeController()
@Controller({ path: 'cats', version: '2' })
class CatsV2Controller {
  @Get()
  cats() {
    return 'cats 2';
  }

  @Version('3')
  @Get()
  newer() {
    return 'cats 3';
  }
}

@Public()
@ApiExcludeController()
@Controller({ path: 'cats', version: '1' })
class CatsV1Controller {
  @Get()
  cats(@Req() { headers }: Request) {
    return `cats 1${headers['x-marked'] === undefined ? '' : ' marked'}`;
  }
}

@Public()
@ApiExcludeController()
@Controller('dogs')
class DogsController {
  @Version(['1', '2'])
  @Get()
  dogs() {
    return 'dogs 1 and 2';
  }

  @Version(VERSION_NEUTRAL)
  @Get('any')
  any() {
    return 'any version';
  }

  @Version(['4', VERSION_NEUTRAL])
  @Get('four')
  four() {
    return 'four or none';
  }
}

@Public()
@ApiExcludeController()
@Controller('plain')
class PlainController {
  @Get()
  plain() {
    return 'no version named';
  }
}

@Module({ controllers: [CatsV2Controller, CatsV1Controller, DogsController, PlainController] })
export class VersionsModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer
      .apply((request: Request, _response: Response, next: NextFunction) => {
        request.headers['x-marked'] = 'yes';
        next();
      })
      .forRoutes(CatsV1Controller);
    consumer
      .apply((_request: Request, response: Response, next: NextFunction) => {
        response.setHeader('X-Of-Two', 'yes');
        next();
      })
      .forRoutes({ path: 'dogs', method: RequestMethod.GET, version: '2' });
  }
}
