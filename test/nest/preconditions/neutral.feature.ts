import { Controller, Get, Module, Param, Patch, Version, VERSION_NEUTRAL, VersioningType } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { EntityManager } from 'typeorm';
import { Versioned } from '../../../src/kernel/database/versioned.js';
import { Item } from '../../../src/items/item.entity.js';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';

@Versioned(Item)
class NeutralStock {
  @ApiProperty()
  stock!: number;
}

@Public()
@ApiTags('neutral-stocks')
@Controller('neutral-stocks')
class NeutralStocksController {
  constructor(private readonly db: EntityManager) {}

  @Version(VERSION_NEUTRAL)
  @Get(':id')
  @ApiOperation({ summary: 'Shows a stock to clients of any version.' })
  @Returns(NeutralStock)
  show(@Param('id') id: number) {
    return this.db.findOneByOrFail(Item, { id });
  }

  @Version('2')
  @Patch(':id')
  @ApiOperation({ summary: 'Adds to a stock.' })
  @Returns(NeutralStock)
  async add(@Param('id') id: number) {
    await this.db.increment(Item, { id }, 'stock', 1);
    return this.show(id);
  }
}

@Module({ controllers: [NeutralStocksController] })
class NeutralStocksModule {}

export default defineFeature({
  module: NeutralStocksModule,
  configure: (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' }),
});
