import {
  Body,
  Controller,
  Header,
  Module,
  NotFoundException,
  Param,
  Query,
  RequestMethod,
  Sse,
  SseSignal,
  UseGuards,
  UseInterceptors,
  type CallHandler,
  type MessageEvent,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Observable, concat, finalize, from, interval, map, of, take, tap, throwError } from 'rxjs';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

const events: string[] = [];

@Public()
@ApiExcludeController()
@Controller('events')
class EventsController {
  @Sse('ticks')
  ticks(@Query('count') count: string): Observable<MessageEvent> {
    return interval(2).pipe(
      take(Number(count)),
      map((n) => ({ data: { tick: n } })),
    );
  }

  @Sse('kinds')
  kinds(): Observable<MessageEvent> {
    return of({ data: 'a text' }, { id: '7', type: 'named', retry: 1000, data: { a: 1 } }, { data: 'two\nlines' });
  }

  @Sse('promised/:name')
  async promised(@Param('name') name: string): Promise<Observable<MessageEvent>> {
    await Promise.resolve();
    if (name === 'unknown') throw new NotFoundException('No such stream');
    return of({ data: name });
  }

  @Sse('endless')
  endless(@SseSignal() signal: AbortSignal): Observable<MessageEvent> {
    signal.addEventListener('abort', () => events.push('aborted'));
    return interval(5).pipe(
      map((n) => ({ data: String(n) })),
      finalize(() => events.push('ended')),
    );
  }

  @Sse('broken')
  broken(): Observable<MessageEvent> {
    return concat(
      of({ data: 'good' }),
      throwError(() => new Error('broke')),
    );
  }

  @Sse('guarded')
  @UseGuards({ canActivate: () => false })
  guarded(): Observable<MessageEvent> {
    return of({ data: 'never' });
  }

  @Sse('intercepted')
  @Header('X-Own', 'yes')
  @UseInterceptors({
    intercept: (_context: object, next: CallHandler<MessageEvent>) =>
      next.handle().pipe(
        map(({ data }) => ({ data: `seen ${data as string}` })),
        tap(() => events.push('intercepted')),
      ),
  })
  intercepted(): Observable<MessageEvent> {
    return of({ data: 'one' }, { data: 'two' });
  }

  @Sse('posted', { method: RequestMethod.POST })
  posted(@Body() { names }: { names: string[] }): Observable<MessageEvent> {
    return from(names).pipe(map((data) => ({ data })));
  }
}

@Module({ controllers: [EventsController] })
class SseModule {}

export default defineFeature({ module: SseModule, probe: events });
