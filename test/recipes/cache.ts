import { Controller, Get, Module } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { EntityManager } from 'typeorm';
import { Public } from '../../src/kernel/access/access.js';
import { Cache } from '../../src/cache/cache.js';
import { execute } from '../../src/kernel/database/statement.js';

const BEST = 'select item_id, sum(quantity)::int from orders group by item_id order by 2 desc, 1 limit 3';

@ApiExcludeController()
@Controller('best-sellers')
class BestSellersController {
  constructor(
    private readonly cache: Cache,
    private readonly db: EntityManager,
  ) {}

  @Public()
  @Get()
  bestSellers() {
    return this.cache.getOrCompute('best-sellers', 60, async () => {
      const { rows } = await execute(this.db, BEST, []);
      return rows.map(([item_id, sold]) => ({ item_id, sold }));
    });
  }
}

@Module({ controllers: [BestSellersController] })
export class BestSellersModule {}
