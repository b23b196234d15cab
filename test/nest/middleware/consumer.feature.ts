import {
  Controller,
  Get,
  HttpCode,
  Injectable,
  Module,
  Post,
  Put,
  Req,
  RequestMethod,
  UnauthorizedException,
  UseGuards,
  type MiddlewareConsumer,
  type NestMiddleware,
  type NestModule,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { NextFunction, Request, Response } from 'express';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

type Marked = Request & { marks?: string[] };

/** Returns a middleware that adds its mark to the request. */
const marking =
  (mark: string) =>
  (request: Marked, _response: Response, next: NextFunction): void => {
    (request.marks ??= []).push(mark);
    next();
  };

@Injectable()
class Names {
  readonly own = 'class';
}

@Injectable()
class ClassMiddleware implements NestMiddleware {
  constructor(private readonly names: Names) {}

  use(request: Marked, response: Response, next: NextFunction): void {
    marking(this.names.own)(request, response, next);
  }
}

class AnswerMiddleware implements NestMiddleware {
  use(_request: Request, response: Response): void {
    response.status(202).json({ by: 'middleware' });
  }
}

class FailingMiddleware implements NestMiddleware {
  use({ originalUrl }: Request, _response: Response, next: NextFunction): void {
    if (originalUrl.endsWith('thrown')) throw new UnauthorizedException('Thrown by middleware');
    next(new UnauthorizedException('Handed on by middleware'));
  }
}

class LaterMiddleware implements NestMiddleware {
  async use(request: Marked, response: Response, next: NextFunction): Promise<void> {
    await Promise.resolve();
    response.setHeader('X-Middleware', 'later');
    marking('later')(request, response, next);
  }
}

@Public()
@ApiExcludeController()
@Controller('marked')
class MarkedController {
  @Get()
  root(@Req() { marks }: Marked) {
    return marks ?? [];
  }

  @Get('one')
  one(@Req() { marks }: Marked) {
    return marks ?? [];
  }

  @Post('one')
  @HttpCode(200)
  postOne(@Req() { marks }: Marked) {
    return marks ?? [];
  }

  @Put('one')
  putOne(@Req() { marks }: Marked) {
    return marks ?? [];
  }

  @Get('two')
  two(@Req() { marks }: Marked) {
    return marks ?? [];
  }

  @Get('deep/er/still')
  deep(@Req() { marks }: Marked) {
    return marks ?? [];
  }

  @Get('kinds/:id')
  kind(@Req() { marks }: Marked) {
    return marks ?? [];
  }

  @Get('guarded')
  @UseGuards({ canActivate: (context) => (context.switchToHttp().getRequest<Marked>().marks ?? []).includes('class') })
  guarded() {
    return 'in';
  }
}

@Public()
@ApiExcludeController()
@Controller('by-controller')
class ByControllerController {
  @Get('a')
  a(@Req() { marks }: Marked) {
    return marks ?? [];
  }

  @Get('b/:id')
  b(@Req() { marks }: Marked) {
    return marks ?? [];
  }

  @Get('b/:id/members')
  members(@Req() { marks }: Marked) {
    return marks ?? [];
  }

  @Get('c')
  c(@Req() { marks }: Marked) {
    return marks ?? [];
  }
}

@Module({ controllers: [MarkedController, ByControllerController], providers: [Names] })
class ConsumerModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(ClassMiddleware, marking('function')).forRoutes('marked/one', 'marked/guarded');
    consumer.apply(marking('post only')).forRoutes({ path: 'marked/one', method: RequestMethod.POST });
    consumer.apply(marking('wild')).forRoutes('marked/deep/*splat');
    consumer.apply(marking('parameter')).forRoutes({ path: 'marked/kinds/:id', method: RequestMethod.ALL });
    consumer.apply(LaterMiddleware).forRoutes('marked/two');
    consumer
      .apply(marking('controller'))
      .exclude('by-controller/c', { path: 'by-controller/b/:id', method: RequestMethod.GET })
      .forRoutes(ByControllerController);
    consumer.apply(AnswerMiddleware).forRoutes('answered', 'answered-deep/*splat');
    consumer.apply(FailingMiddleware).forRoutes('failing/*splat');
  }
}

export default defineFeature({ module: ConsumerModule });
