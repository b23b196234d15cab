import { Controller, Get, Injectable, Module, Param, Patch, Post, type OnModuleInit } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, EventSubscriber, Repository, type EntitySubscriberInterface, type InsertEvent } from 'typeorm';
import { Versioned } from '../../../src/kernel/database/versioned.js';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';
import { Kitten, KITTEN_TABLES, Toy } from './kittens.entities.js';

@Versioned(Kitten)
class KittenShown {
  @ApiProperty()
  id!: number;

  @ApiProperty()
  name!: string;
}

type Way = (kittens: Repository<Kitten>, id: number) => Promise<unknown>;

const find = (kittens: Repository<Kitten>, id: number) =>
  kittens.findOneOrFail({ where: { id }, relations: { toys: true }, withDeleted: true });

/** Ways to change a row that Aerie's own repositories do not have. */
export const CHANGES: Readonly<Record<string, Way>> = {
  softDelete: (kittens, id) => kittens.softDelete(id),
  restore: (kittens, id) => kittens.restore(id),
  softRemove: async (kittens, id) => kittens.softRemove(await find(kittens, id)),
  recover: async (kittens, id) => kittens.recover(await find(kittens, id)),
  increment: (kittens, id) => kittens.increment({ id }, 'age', 1),
  decrement: (kittens, id) => kittens.decrement({ id }, 'age', 1),
  cascade: async (kittens, id) => {
    const kitten = await find(kittens, id);
    kitten.toys = [kittens.manager.create(Toy, { name: 'new' })];
    await kittens.save(Object.assign(kitten, { name: 'Cascaded' }));
  },
  'cascade from the other side': async ({ manager }, id) => {
    const toy = await manager.findOneOrFail(Toy, { where: { kitten: { id } }, relations: { kitten: true } });
    toy.kitten.name = 'Of its toy';
    await manager.save(toy);
  },
  preload: async (kittens, id) => kittens.save((await kittens.preload({ id, name: 'Preloaded' }))!),
  'nested transactions': (kittens, id) =>
    kittens.manager.transaction('REPEATABLE READ', (tx) =>
      tx.transaction('SERIALIZABLE', (inner) => inner.update(Kitten, { id }, { name: 'Nested' })),
    ),
  'transactions at once': ({ manager }, id) =>
    Promise.all([
      manager.transaction((tx) => tx.update(Kitten, { id }, { name: 'First' })),
      manager.transaction((tx) => tx.update(Kitten, { id }, { age: 9 })),
    ]),
  'a change that nothing waits for': (kittens, id) => {
    void kittens.update({ id }, { name: 'Unawaited' }).catch(() => {});
    return Promise.resolve();
  },
};

/** Counts kittens by inserting toys: with the manager of the event, and with an own repository. */
@Injectable()
@EventSubscriber()
export class KittenSubscriber implements EntitySubscriberInterface<Kitten> {
  constructor(private readonly source: DataSource) {
    source.subscribers.push(this);
  }

  listenTo() {
    return Kitten;
  }

  async afterInsert({ entity, manager }: InsertEvent<Kitten>): Promise<void> {
    await manager.insert(Toy, { name: `event ${entity.name}`, kitten: entity });
    await this.source.getRepository(Toy).save({ name: `own ${entity.name}` });
  }
}

@Public()
@ApiTags('kittens')
@Controller('kittens')
class KittensController {
  constructor(
    @InjectRepository(Kitten) private readonly kittens: Repository<Kitten>,
    private readonly source: DataSource,
  ) {}

  @Get(':kitten_id')
  @ApiOperation({ summary: 'Shows a kitten.' })
  @Returns(KittenShown)
  showKitten(@Param('kitten_id') id: number) {
    return find(this.kittens, id);
  }

  @Patch(':kitten_id')
  @ApiOperation({ summary: 'Changes a kitten in the way of its name.' })
  @Returns(KittenShown)
  async changeKitten(@Param('kitten_id') id: number) {
    const { name } = await find(this.kittens, id);
    await CHANGES[name]!(this.kittens, id);
    return find(this.kittens, id);
  }

  @Post(':name')
  @ApiOperation({ summary: 'Stores a kitten with toys.' })
  @Returns(KittenShown)
  async storeKitten(@Param('name') name: string) {
    const kitten = await this.kittens.save(this.kittens.create({ name, toys: [{ name: `toy ${name}` }] }));
    if (name.startsWith('late')) void this.writeLater(name);
    return kitten;
  }

  /** Writes while the response is sent, and after that. */
  private async writeLater(name: string): Promise<void> {
    await this.source.transaction((tx) => tx.insert(Toy, { name: `transaction ${name}` }));
    const toys = this.source.getRepository(Toy);
    for (const part of ['first', 'second', 'third']) await toys.save({ name: `${part} ${name}` });
  }
}

@Module({
  imports: [TypeOrmModule.forFeature([Kitten, Toy])],
  controllers: [KittensController],
  providers: [KittenSubscriber],
})
class KittensModule implements OnModuleInit {
  constructor(private readonly source: DataSource) {}

  async onModuleInit(): Promise<void> {
    for (const statement of KITTEN_TABLES) await this.source.query(statement);
  }
}

export default defineFeature({ module: KittensModule, probe: Object.keys(CHANGES) });
