import { Controller, Module, Sse, type MessageEvent } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { distinctUntilChanged, exhaustMap, map, timer, type Observable } from 'rxjs';
import { EntityManager } from 'typeorm';
import { Public } from '../../src/kernel/access/access.js';
import { execute } from '../../src/kernel/database/statement.js';

const EVERY_MS = 500;

@ApiExcludeController()
@Controller('stock')
class StockEventsController {
  constructor(private readonly db: EntityManager) {}

  /** Sends the stock of all items now, and again when it has changed. It ends when the client leaves. */
  @Public()
  @Sse('events')
  events(): Observable<MessageEvent> {
    return timer(0, EVERY_MS).pipe(
      exhaustMap(() => this.stock()),
      distinctUntilChanged(),
      map((stock) => ({ type: 'stock', data: { stock } })),
    );
  }

  private async stock() {
    const { rows } = await execute(this.db, 'select coalesce(sum(stock), 0)::int from items', []);
    return rows[0]![0] as number;
  }
}

@Module({ controllers: [StockEventsController] })
export class StockEventsModule {}
