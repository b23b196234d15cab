import { Controller, Get, Module, Param, Patch } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { EntityManager } from 'typeorm';
import { Versioned } from '../../../src/kernel/database/versioned.js';
import { Item } from '../../../src/items/item.entity.js';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';

@Versioned(Item)
class Stock {
  @ApiProperty()
  stock!: number;
}

/** Reads and writes of a path are in two controllers, as with commands and queries. */
@Public()
@ApiTags('split-stocks')
@Controller('split-stocks')
class StockQueriesController {
  constructor(private readonly db: EntityManager) {}

  @Get(':item_id')
  @ApiOperation({ summary: 'Shows a stock.' })
  @Returns(Stock)
  queryStock(@Param('item_id') id: number) {
    return this.db.findOneByOrFail(Item, { id });
  }
}

@Public()
@ApiTags('split-stocks')
@Controller()
class StockCommandsController {
  constructor(private readonly db: EntityManager) {}

  @Patch('split-stocks/:item_id')
  @ApiOperation({ summary: 'Adds to a stock.' })
  @Returns(Stock)
  async commandStock(@Param('item_id') id: number) {
    await this.db.increment(Item, { id }, 'stock', 1);
    return this.db.findOneByOrFail(Item, { id });
  }
}

@Module({ controllers: [StockQueriesController, StockCommandsController] })
class SplitStocksModule {}

export default defineFeature({ module: SplitStocksModule });
