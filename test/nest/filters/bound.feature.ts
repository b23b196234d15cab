import {
  ArgumentsHost,
  Catch,
  Controller,
  ExceptionFilter,
  ForbiddenException,
  Get,
  HttpException,
  Injectable,
  Module,
  NotFoundException,
  Param,
  ParseIntPipe,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { APP_FILTER, BaseExceptionFilter } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { map } from 'rxjs';
import { defineFeature } from '../feature.js';
import { Public, namedError } from '../kernel.js';

const events: string[] = [];
const catMissing = namedError(404, (name: string) => `No cat is named ${name}`, 'Tom');

class CatError extends Error {}
class LionError extends CatError {}
class BirdError extends Error {}
class FishError extends Error {}

@Catch(HttpException)
class HttpExceptionFilter implements ExceptionFilter {
  catch(exception: HttpException, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const status = exception.getStatus();
    const { url } = http.getRequest<Request>();
    http.getResponse<Response>().status(status).json({ filter: 'http', status, path: url, told: exception.message });
  }
}

@Injectable()
class Names {
  readonly cat = 'cat';
}

@Catch(CatError)
class CatErrorFilter implements ExceptionFilter<CatError> {
  constructor(private readonly names: Names) {}

  catch(error: CatError, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<Response>().status(418).json({ filter: this.names.cat, told: error.message });
  }
}

@Catch()
class CatchAllFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const told = error instanceof Error ? error.message : String(error);
    host.switchToHttp().getResponse<Response>().status(409).json({ filter: 'all', told });
  }
}

/** Registered as APP_FILTER. */
@Catch(BirdError)
class BirdErrorFilter implements ExceptionFilter<BirdError> {
  constructor(private readonly names: Names) {}

  catch(error: BirdError, host: ArgumentsHost): void {
    host
      .switchToHttp()
      .getResponse<Response>()
      .status(410)
      .json({ filter: `not a ${this.names.cat}`, told: error.message });
  }
}

/** Registered with useGlobalFilters(). */
@Catch(FishError)
class FishErrorFilter implements ExceptionFilter<FishError> {
  catch(error: FishError, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<Response>().status(411).json({ filter: 'fish', told: error.message });
  }
}

@Catch(ForbiddenException)
class NotingFilter extends BaseExceptionFilter {
  override catch(exception: ForbiddenException, host: ArgumentsHost): void {
    events.push(exception.message);
    super.catch(exception, host);
  }
}

const throwing = (kind: string): never => {
  if (kind === 'http') throw new NotFoundException('No such cat');
  if (kind === 'cat') throw new CatError('a cat');
  if (kind === 'lion') throw new LionError('a lion');
  if (kind === 'bird') throw new BirdError('a bird');
  if (kind === 'fish') throw new FishError('a fish');
  if (kind === 'named') throw catMissing('Tom');
  throw new Error('anything else');
};

@Public()
@ApiExcludeController()
@Controller('filtered')
@UseFilters(HttpExceptionFilter)
class FilteredController {
  @Get('controller/:kind')
  byController(@Param('kind') kind: string) {
    return throwing(kind);
  }

  @Get('method/:kind')
  @UseFilters(CatErrorFilter)
  byMethod(@Param('kind') kind: string) {
    return throwing(kind);
  }

  @Get('all/:kind')
  @UseFilters(new CatchAllFilter())
  all(@Param('kind') kind: string) {
    return throwing(kind);
  }

  @Get('order/:kind')
  @UseFilters(new CatchAllFilter(), CatErrorFilter)
  order(@Param('kind') kind: string) {
    return throwing(kind);
  }

  @Get('pipe/:id')
  pipe(@Param('id', ParseIntPipe) id: number) {
    return id;
  }

  @Get('guard')
  @UseGuards({ canActivate: () => false })
  guard() {
    return 'never';
  }

  @Get('interceptor')
  @UseInterceptors({ intercept: (_context, next) => next.handle().pipe(map(() => throwing('http'))) })
  interceptor() {
    return 'never';
  }

  @Get('rejected')
  async rejected() {
    await Promise.resolve();
    return throwing('http');
  }
}

@Public()
@ApiExcludeController()
@Controller('unfiltered')
class UnfilteredController {
  @Get('throw/:kind')
  throw(@Param('kind') kind: string) {
    return throwing(kind);
  }

  @Get('base')
  @UseFilters(NotingFilter)
  base() {
    throw new ForbiddenException('Not for you');
  }
}

@Module({
  controllers: [FilteredController, UnfilteredController],
  providers: [Names, { provide: APP_FILTER, useClass: BirdErrorFilter }],
})
class FiltersModule {}

export default defineFeature({
  module: FiltersModule,
  configure: (app) => app.useGlobalFilters(new FishErrorFilter()),
  probe: events,
});
