import { Controller, Get, Module, Param, Patch, Version, VersioningType } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { EntityManager } from 'typeorm';
import { Versioned } from '../../../src/kernel/database/versioned.js';
import { Item } from '../../../src/items/item.entity.js';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';

class OldStock {
  @ApiProperty()
  stock!: number;
}

@Versioned(Item)
class Stock {
  @ApiProperty()
  stock!: number;
}

@Public()
@ApiTags('versioned-stocks')
@Controller('versioned-stocks')
class VersionedStocksController {
  constructor(private readonly db: EntityManager) {}

  @Version('1')
  @Get(':id')
  @ApiOperation({ summary: 'Shows a stock without its version.' })
  @Returns(OldStock)
  showOld(@Param('id') id: number) {
    return this.db.findOneByOrFail(Item, { id });
  }

  @Version(['2', '3'])
  @Get([':id', 'by-id/:id'])
  @ApiOperation({ summary: 'Shows a stock.' })
  @Returns(Stock)
  showNew(@Param('id') id: number) {
    return this.db.findOneByOrFail(Item, { id });
  }

  @Version('3')
  @Patch([':id', 'by-id/:id'])
  @ApiOperation({ summary: 'Adds to a stock.' })
  @Returns(Stock)
  async addToNew(@Param('id') id: number) {
    await this.db.increment(Item, { id }, 'stock', 1);
    return this.db.findOneByOrFail(Item, { id });
  }

  @Version('2')
  @Patch('by-id/:stock_id')
  @ApiOperation({ summary: 'Adds to a stock by another name of its path.' })
  @Returns(Stock)
  addById(@Param('stock_id') id: number) {
    return this.addToNew(id);
  }
}

@Module({ controllers: [VersionedStocksController] })
class VersionedStocksModule {}

export default defineFeature({
  module: VersionedStocksModule,
  configure: (app) => app.enableVersioning({ type: VersioningType.URI }),
});
