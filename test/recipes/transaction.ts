import { ConflictException, Controller, Injectable, Module, Param, ParseIntPipe, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { EntityManager } from 'typeorm';
import { Public } from '../../src/kernel/access/access.js';
import { execute } from '../../src/kernel/database/statement.js';
import { transaction } from '../../src/kernel/database/transaction.js';

@Injectable()
class Seats {
  async take(tx: EntityManager, id: number): Promise<void> {
    const { rows } = await execute(tx, 'update seats set taken = true where id = $1 and not taken returning 1', [id]);
    if (rows.length === 0) throw new ConflictException('The seat is taken');
  }
}

@Injectable()
class Tickets {
  async issue(tx: EntityManager, seat_id: number): Promise<void> {
    await execute(tx, 'insert into tickets (seat_id) values ($1)', [seat_id]);
  }
}

@Public()
@ApiExcludeController()
@Controller('seats/:id/ticket')
class TicketsController {
  constructor(
    private readonly db: EntityManager,
    private readonly tickets: Tickets,
    private readonly seats: Seats,
  ) {}

  @Post()
  async buy(@Param('id', ParseIntPipe) id: number) {
    await transaction(this.db, async (tx) => {
      await this.tickets.issue(tx, id);
      await this.seats.take(tx, id);
    });
  }
}

@Module({ controllers: [TicketsController], providers: [Seats, Tickets] })
export class TicketsModule {}
