import {
  BadGatewayException,
  Controller,
  Get,
  Header,
  HttpCode,
  Injectable,
  Module,
  Param,
  Query,
  RequestTimeoutException,
  Res,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { TimeoutError, catchError, delay, finalize, map, of, tap, throwError, timeout, type Observable } from 'rxjs';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

const events: string[] = [];
const requestOf = (context: ExecutionContext) => context.switchToHttp().getRequest<Request>();

/** Returns an interceptor that records when it is entered and when the handler emits its result. */
const noting = (name: string): NestInterceptor => ({
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (!requestOf(context).path.startsWith('/noted')) return next.handle();
    events.push(`> ${name}`);
    return next.handle().pipe(tap(() => events.push(`< ${name}`)));
  },
});

@Injectable()
class Names {
  readonly own = 'provided';
}

@Injectable()
class ProvidedInterceptor implements NestInterceptor {
  constructor(private readonly names: Names) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return noting(this.names.own).intercept(context, next) as Observable<unknown>;
  }
}

@Injectable()
class TransformInterceptor<T> implements NestInterceptor<T, { data: T }> {
  intercept(_context: ExecutionContext, next: CallHandler<T>): Observable<{ data: T }> {
    return next.handle().pipe(map((data) => ({ data })));
  }
}

@Injectable()
class ExcludeNullInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    return next.handle().pipe(map((value) => value ?? ''));
  }
}

@Injectable()
class ErrorsInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError(() => throwError(() => new BadGatewayException())));
  }
}

@Injectable()
class CacheInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return requestOf(context).query['cached'] === undefined ? next.handle() : of('from the cache');
  }
}

@Injectable()
class TimeoutInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      timeout(30),
      catchError((error: unknown) =>
        throwError(() => (error instanceof TimeoutError ? new RequestTimeoutException() : error)),
      ),
    );
  }
}

@Injectable()
class HeaderInterceptor implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    await Promise.resolve();
    const response = context.switchToHttp().getResponse<Response>();
    response.header('X-Handler', `${context.getClass().name}.${context.getHandler().name}`);
    return next.handle().pipe(
      tap(() => response.status(299)),
      finalize(() => events.push('finalized')),
    );
  }
}

@Public()
@ApiExcludeController()
@Controller('noted')
@UseInterceptors(noting('controller'))
class NotedController {
  @Get()
  @UseInterceptors(noting('method 1'), noting('method 2'))
  noted() {
    events.push('handler');
    return 'noted';
  }
}

@Public()
@ApiExcludeController()
@Controller('intercepted')
class InterceptedController {
  @Get('data')
  @UseInterceptors(TransformInterceptor)
  data() {
    return [];
  }

  @Get('data-later')
  @UseInterceptors(TransformInterceptor)
  dataLater() {
    return of('later').pipe(delay(5));
  }

  @Get('null')
  @UseInterceptors(ExcludeNullInterceptor)
  nothing() {
    return null;
  }

  @Get('errors/:kind')
  @UseInterceptors(ErrorsInterceptor)
  errors(@Param('kind') kind: string) {
    if (kind === 'thrown') throw new Error('of the handler');
    return kind === 'rejected' ? Promise.reject(new Error('of the handler')) : 'none';
  }

  @Get('cached')
  @UseInterceptors(CacheInterceptor)
  cached() {
    events.push('handler');
    return 'from the handler';
  }

  @Get('slow')
  @UseInterceptors(TimeoutInterceptor)
  slow(@Query('ms') ms: string) {
    return of('in time').pipe(delay(Number(ms)));
  }

  @Get('headers')
  @Header('X-Static', 'yes')
  @HttpCode(201)
  @UseInterceptors(HeaderInterceptor)
  headers() {
    return { ok: true };
  }

  @Get('by-hand')
  @UseInterceptors(TransformInterceptor)
  byHand(@Res() response: Response) {
    response.send('by hand');
    return 'not wrapped';
  }
}

@Module({
  controllers: [NotedController, InterceptedController],
  providers: [Names, { provide: APP_INTERCEPTOR, useClass: ProvidedInterceptor }],
})
class InterceptorsModule {}

export default defineFeature({
  module: InterceptorsModule,
  configure: (app) => app.useGlobalInterceptors(noting('used')),
  probe: events,
});
