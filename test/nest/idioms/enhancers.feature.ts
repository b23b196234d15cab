import {
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  NotFoundException,
  Param,
  Post,
  Res,
  Scope,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type MiddlewareConsumer,
  type NestInterceptor,
  type NestMiddleware,
  type NestModule,
  type PipeTransform,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, APP_PIPE, REQUEST } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NextFunction, Request, Response } from 'express';
import { map, tap } from 'rxjs';
import { defineFeature } from '../feature.js';
import { Public, namedError } from '../kernel.js';

const events: string[] = [];
const here = (url: string) => url.startsWith('/enhanced');
const catMissing = namedError(404, () => 'The cat of the middleware is missing');

@Injectable({ scope: Scope.REQUEST })
class PerRequestGuard implements CanActivate {
  constructor(@Inject(REQUEST) private readonly request: Request) {}

  canActivate(): boolean {
    if (here(this.request.url)) events.push('guard');
    return this.request.get('x-refused') === undefined;
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequestInterceptor implements NestInterceptor {
  constructor(@Inject(REQUEST) private readonly request: Request) {}

  intercept(_context: ExecutionContext, next: CallHandler) {
    if (!here(this.request.url)) return next.handle();
    events.push('interceptor in');
    return next.handle().pipe(tap(() => events.push('interceptor out')));
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequestPipe implements PipeTransform {
  constructor(@Inject(REQUEST) private readonly request: Request) {}

  transform(value: unknown): unknown {
    if (here(this.request.url)) events.push('pipe');
    return value;
  }
}

@Injectable()
class NotingMiddleware implements NestMiddleware {
  use({ originalUrl }: Request, _response: Response, next: NextFunction): void {
    if (here(originalUrl)) events.push('middleware');
    next();
  }
}

class NotingFilter implements ExceptionFilter<NotFoundException> {
  catch(exception: NotFoundException, host: ArgumentsHost): void {
    events.push('filter');
    host.switchToHttp().getResponse<Response>().status(404).json({ caught: exception.message });
  }
}

const storage = new AsyncLocalStorage<{ user: string }>();

@Injectable()
class StoredUser {
  async name(): Promise<string> {
    await sleep(1);
    return storage.getStore()?.user ?? 'nobody';
  }
}

@Public()
@ApiExcludeController()
@Controller('enhanced')
class EnhancedController {
  @Get(':id')
  @UseFilters(NotingFilter)
  enhanced(@Param('id') id: string) {
    events.push('handler');
    if (id === 'unknown') throw new NotFoundException('unknown');
    return { id };
  }
}

@Public()
@ApiExcludeController()
@Controller('stored')
class StoredController {
  constructor(private readonly user: StoredUser) {}

  @Post()
  @UseGuards({ canActivate: () => storage.getStore() !== undefined })
  @UseInterceptors({
    intercept: (_context: object, next: CallHandler<string>) =>
      next.handle().pipe(map((name) => ({ name, after: storage.getStore()?.user }))),
  })
  @UsePipes({ transform: (value: unknown) => value })
  stored() {
    return this.user.name();
  }
}

@Public()
@ApiExcludeController()
@Controller('after')
class AfterController {
  @Get('sent')
  sent(@Res() response: Response) {
    response.send('sent');
    throw new Error('after it was sent');
  }

  @Get('alive')
  alive() {
    return 'alive';
  }
}

@Module({
  controllers: [EnhancedController, StoredController, AfterController],
  providers: [
    StoredUser,
    { provide: APP_GUARD, useClass: PerRequestGuard, scope: Scope.REQUEST },
    { provide: APP_INTERCEPTOR, useClass: PerRequestInterceptor, scope: Scope.REQUEST },
    { provide: APP_PIPE, useClass: PerRequestPipe, scope: Scope.REQUEST },
  ],
})
class EnhancersModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(NotingMiddleware).forRoutes(EnhancedController);
    consumer
      .apply((request: Request, _response: Response, next: NextFunction) => {
        storage.run({ user: request.get('x-user') ?? 'none' }, () => next());
      })
      .forRoutes(StoredController);
    consumer.apply(() => Promise.reject(catMissing())).forRoutes('rejecting');
  }
}

export default defineFeature({ module: EnhancersModule, probe: events });
