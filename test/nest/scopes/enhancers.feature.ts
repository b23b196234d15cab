import {
  Body,
  Catch,
  Controller,
  Get,
  HttpCode,
  HttpException,
  Inject,
  Injectable,
  Module,
  Post,
  Query,
  Scope,
  ValidationPipe,
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, REQUEST } from '@nestjs/core';
import { ApiExcludeEndpoint, ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import type { Request, Response } from 'express';
import { map } from 'rxjs';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';

class PriceDto {
  @ApiProperty({ example: 2, description: 'In whole euros' })
  @Transform(({ value }: { value: number }) => value * 100, { toClassOnly: true })
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  price!: number;
}

class Told {
  @ApiProperty({ example: '200', description: 'What is told' })
  told!: string;
}

class TeapotError extends HttpException {
  constructor() {
    super('I am a teapot', 418);
  }
}

const TEAPOT = { properties: { caught: { type: 'string' as const } } };

@Injectable({ scope: Scope.REQUEST })
class PerRequestGuard implements CanActivate {
  constructor(@Inject(REQUEST) private readonly request: Request) {}

  canActivate(): boolean {
    if (this.request.query['teapot'] === 'guard') throw new TeapotError();
    return true;
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequestPipe extends ValidationPipe {
  constructor(@Inject(REQUEST) private readonly request: Request) {
    super({ transform: true });
  }

  override transform(...given: Parameters<ValidationPipe['transform']>): Promise<unknown> {
    if (this.request.query['teapot'] === 'pipe') throw new TeapotError();
    return super.transform(...given);
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequestInterceptor implements NestInterceptor {
  constructor(@Inject(REQUEST) private readonly request: Request) {}

  intercept(_context: ExecutionContext, next: CallHandler<Told | undefined>) {
    const { path } = this.request;
    return next.handle().pipe(map((given) => (given && 'told' in given ? { told: `${path}: ${given.told}` } : given)));
  }
}

@Catch(TeapotError)
@Injectable({ scope: Scope.REQUEST })
class PerRequestFilter implements ExceptionFilter<TeapotError> {
  constructor(@Inject(REQUEST) private readonly request: Request) {}

  catch({ message }: TeapotError, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    response.status(418).setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ caught: `${this.request.path}: ${message}` }));
  }
}

let calls = 0;

/** A durable guard: one instance for each tenant. */
@Injectable({ scope: Scope.REQUEST, durable: true })
class DurableGuard implements CanActivate {
  private readonly number = ++calls;

  canActivate(context: ExecutionContext): boolean {
    const [{ method }, response] = context.getArgs<[Request, Response]>();
    if (method === 'GET') response.setHeader('X-Guard', String(this.number));
    return true;
  }
}

@Public()
@ApiTags('per-request')
@Controller('enhanced-per-request')
class EnhancedController {
  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Takes a price.' })
  @ApiResponse({ status: 418, description: 'Is a teapot', schema: TEAPOT })
  @Returns(Told)
  documented(@Body() { price }: PriceDto, @Query('teapot') teapot = 'none') {
    if (teapot === 'handler') throw new TeapotError();
    return { told: String(price) };
  }

  @Post('plain')
  @HttpCode(200)
  @ApiExcludeEndpoint()
  plain(@Body() { price }: PriceDto, @Query('teapot') teapot = 'none') {
    if (teapot === 'handler') throw new TeapotError();
    return { told: String(price) };
  }

  @Get()
  @ApiExcludeEndpoint()
  guarded() {
    return {};
  }
}

@Module({
  controllers: [EnhancedController],
  providers: [
    { provide: APP_GUARD, useClass: PerRequestGuard, scope: Scope.REQUEST },
    { provide: APP_GUARD, useClass: DurableGuard, scope: Scope.REQUEST, durable: true },
    { provide: APP_PIPE, useClass: PerRequestPipe, scope: Scope.REQUEST },
    { provide: APP_INTERCEPTOR, useClass: PerRequestInterceptor, scope: Scope.REQUEST },
    { provide: APP_FILTER, useClass: PerRequestFilter, scope: Scope.REQUEST },
  ],
})
class EnhancedModule {}

export default defineFeature({ module: EnhancedModule });
