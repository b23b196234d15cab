import { Controller, Get, Injectable, Module, UseInterceptors } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { map, type Observable } from 'rxjs';
import { Public } from '../../src/kernel/access/access.js';

/** Answers `{ "data": …, "count": … }` where a handler returns a list. */
@Injectable()
class EnvelopeInterceptor<T> implements NestInterceptor<T[], { data: T[]; count: number }> {
  intercept(_context: ExecutionContext, next: CallHandler<T[]>): Observable<{ data: T[]; count: number }> {
    return next.handle().pipe(map((data) => ({ data, count: data.length })));
  }
}

@Public()
@UseInterceptors(EnvelopeInterceptor)
@ApiExcludeController()
@Controller('colours')
class ColoursController {
  @Get()
  list() {
    return ['red', 'blue'];
  }
}

@Module({ controllers: [ColoursController] })
export class ColoursModule {}
