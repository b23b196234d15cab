import { Controller, Get, Module, Param, Patch, Post } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { EntityManager, Not } from 'typeorm';
import { Versioned } from '../../../src/kernel/database/versioned.js';
import { Item } from '../../../src/items/item.entity.js';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';

@Versioned(Item)
class Stock {
  @ApiProperty()
  id!: number;

  @ApiProperty()
  stock!: number;
}

@Public()
@ApiTags('stocks')
@Controller('stocks')
class StocksController {
  constructor(private readonly db: EntityManager) {}

  @Get(':id')
  @ApiOperation({ summary: 'Shows a stock.' })
  @Returns(Stock)
  show(@Param('id') id: number) {
    return this.db.findOneByOrFail(Item, { id });
  }

  @Patch(':stock_id')
  @ApiOperation({ summary: 'Adds to a stock.' })
  @Returns(Stock)
  async add(@Param('stock_id') id: number) {
    await this.db.increment(Item, { id }, 'stock', 1);
    return this.db.findOneByOrFail(Item, { id });
  }

  @Get(':id/parts/:part')
  @ApiOperation({ summary: 'Shows a part of a stock.' })
  @Returns(Stock)
  part(@Param('id') id: number) {
    return this.db.findOneByOrFail(Item, { id });
  }

  @Get('others/:stockId')
  @ApiOperation({ summary: 'Shows a stock by a name in camel case.' })
  @Returns(Stock)
  showOther(@Param('stockId') id: number) {
    return this.db.findOneByOrFail(Item, { id });
  }

  @Patch('others/:stockId')
  @ApiOperation({ summary: 'Adds to all other stocks and then to this one.' })
  @Returns(Stock)
  async addToAll(@Param('stockId') id: number) {
    await this.db.increment(Item, { id: Not(id) }, 'stock', 1);
    return this.add(id);
  }

  @Post(':stock_id/additions/:addition')
  @ApiOperation({ summary: 'Adds to a stock by another path.' })
  @Returns(Stock)
  addition(@Param('stock_id') id: number) {
    return this.add(id);
  }
}

@Module({ controllers: [StocksController] })
class StocksModule {}

export default defineFeature({ module: StocksModule });
