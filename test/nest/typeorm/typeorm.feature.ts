import { Controller, Get, Module, ParseBoolPipe, Post, Query, type OnModuleInit } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { TypeOrmModule, getRepositoryToken } from '@nestjs/typeorm';
import { DataSource, type Repository } from 'typeorm';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';
import { CatSubscriber, CatsRepository, CatsService, inserted } from './cats.service.js';
import { Cat, Owner, TABLES } from './entities.js';

const extend = (cats: Repository<Cat>) =>
  cats.extend({
    named(name: string) {
      return cats.findBy({ name });
    },
  });

@Public()
@ApiExcludeController()
@Controller('rows')
class RowsController {
  constructor(
    private readonly service: CatsService,
    private readonly repository: CatsRepository,
  ) {}

  @Post('crud')
  crud() {
    return this.service.crud();
  }

  @Post('relations')
  relations() {
    return this.service.relations();
  }

  @Post('softly')
  softly() {
    return this.service.softly();
  }

  @Post('runner')
  runner(@Query('fail', ParseBoolPipe) fail: boolean) {
    return this.service.byRunner(fail);
  }

  @Post('callback')
  callback(@Query('fail', ParseBoolPipe) fail: boolean) {
    return this.service.byCallback(fail);
  }

  @Post('upserted')
  upserted() {
    return this.service.upserted();
  }

  @Post('duplicate')
  duplicate() {
    return this.service.duplicate();
  }

  @Get('custom')
  async custom() {
    await this.repository.insert({ name: 'Old', age: 99 });
    const oldest = await this.repository.oldest();
    return { name: oldest?.name, created: oldest?.createdAt };
  }
}

@Module({
  imports: [TypeOrmModule.forFeature([Cat, Owner])],
  controllers: [RowsController],
  providers: [
    CatsService,
    CatsRepository,
    CatSubscriber,
    { provide: 'EXTENDED', inject: [getRepositoryToken(Cat)], useFactory: extend },
  ],
})
class RowsModule implements OnModuleInit {
  constructor(private readonly source: DataSource) {}

  async onModuleInit(): Promise<void> {
    for (const statement of TABLES.split(';').filter((text) => text.trim() !== '')) await this.source.query(statement);
  }
}

export default defineFeature({
  module: RowsModule,
  stock: ({ databaseUrl }) => [TypeOrmModule.forRoot({ type: 'postgres', url: databaseUrl, autoLoadEntities: true })],
  probe: inserted,
});
