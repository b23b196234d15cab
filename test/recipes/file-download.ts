import { Controller, Get, Module, StreamableFile } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Readable } from 'node:stream';
import { EntityManager } from 'typeorm';
import { Roles, UserRole } from '../../src/kernel/access/access.js';
import { csvField } from '../../src/kernel/common/csv-field.js';
import { execute } from '../../src/kernel/database/statement.js';

const PAGE = 'select id, name, stock from items where id > $1 order by id limit 500';

@ApiExcludeController()
@Controller('stock.csv')
class StockController {
  constructor(private readonly db: EntityManager) {}

  @Roles(UserRole.admin)
  @Get()
  stock() {
    const disposition = 'attachment; filename="stock.csv"';
    return new StreamableFile(Readable.from(this.lines()), { type: 'text/csv; charset=utf-8', disposition });
  }

  /** Reads the next page when the client has taken the last one, so that memory stays small. */
  private async *lines() {
    yield 'id,name,stock\n';
    for (let last = 0; ;) {
      const rows = (await execute(this.db, PAGE, [last])).rows as [number, string, number][];
      if (rows.length === 0) return;
      last = rows.at(-1)![0];
      yield rows.map(([id, name, stock]) => `${id},${csvField(name)},${stock}\n`).join('');
    }
  }
}

@Module({ controllers: [StockController] })
export class StockModule {}
