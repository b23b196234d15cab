import { Injectable } from '@nestjs/common';
import { InjectDataSource, InjectEntityManager, InjectRepository } from '@nestjs/typeorm';
import {
  DataSource,
  EntityManager,
  EventSubscriber,
  Like,
  Repository,
  type EntitySubscriberInterface,
  type InsertEvent,
} from 'typeorm';
import { Cat, Owner } from './entities.js';

export const inserted: string[] = [];

@Injectable()
@EventSubscriber()
export class CatSubscriber implements EntitySubscriberInterface<Cat> {
  constructor(source: DataSource) {
    source.subscribers.push(this);
  }

  listenTo() {
    return Cat;
  }

  afterInsert({ entity }: InsertEvent<Cat>): void {
    inserted.push(entity.name);
  }
}

/** A custom repository of the feature. */
@Injectable()
export class CatsRepository extends Repository<Cat> {
  constructor(source: DataSource) {
    super(Cat, source.createEntityManager());
  }

  oldest(): Promise<Cat | null> {
    return this.createQueryBuilder('cat').orderBy('cat.age', 'DESC').addOrderBy('cat.id').getOne();
  }
}

@Injectable()
export class CatsService {
  constructor(
    @InjectRepository(Cat) private readonly cats: Repository<Cat>,
    @InjectDataSource() private readonly source: DataSource,
    @InjectEntityManager() private readonly manager: EntityManager,
  ) {}

  async crud() {
    const made = await this.cats.save(this.cats.create({ name: 'Tom', age: 3, tags: ['a', 'b'] }));
    made.age = 4;
    await this.cats.save(made);
    const found = await this.cats.findOneBy({ id: made.id });
    const { affected } = await this.cats.update(made.id, { name: 'Thomas' });
    await this.cats.increment({ id: made.id }, 'age', 10);
    const after = await this.cats.findOneByOrFail({ id: made.id });
    await this.cats.remove(after);
    const { age, tags, version } = found!;
    return { age, tags, version, affected, name: after.name, grown: after.age, left: await this.cats.count() };
  }

  async relations() {
    const owners = this.manager.getRepository(Owner);
    const owner = owners.create({
      name: 'Ada',
      cats: [this.cats.create({ name: 'Kit' }), this.cats.create({ name: 'Ren' })],
    });
    await owners.save(owner);
    const found = await owners.findOneOrFail({
      where: { name: 'Ada' },
      relations: { cats: true },
      order: { cats: { name: 'ASC' } },
    });
    const [rows, total] = await this.cats.findAndCount({
      where: { owner: { name: 'Ada' } },
      take: 1,
      order: { id: 'DESC' },
    });
    const built = await this.cats
      .createQueryBuilder('cat')
      .innerJoinAndSelect('cat.owner', 'owner')
      .where('owner.name = :name', { name: 'Ada' })
      .select(['cat.name', 'owner.name'])
      .orderBy('cat.name')
      .getMany();
    const [raw] = await this.source.query<{ n: number }[]>('select count(*)::int as n from nest_cats where name = $1', [
      'Kit',
    ]);
    return {
      cats: found.cats.map(({ name }) => name),
      rows: rows.map(({ name }) => name),
      total,
      built: built.map(({ name, owner }) => `${name} of ${owner?.name}`),
      raw: raw?.n,
    };
  }

  async softly() {
    const { id } = await this.cats.save({ name: 'Ghost' });
    await this.cats.softDelete(id);
    const gone = await this.cats.findOneBy({ id });
    await this.cats.restore(id);
    return { gone, back: (await this.cats.findOneBy({ id }))?.name };
  }

  /** Inserts two rows in a transaction of a QueryRunner: both or none. */
  async byRunner(fail: boolean) {
    const runner = this.source.createQueryRunner();
    await runner.connect();
    await runner.startTransaction();
    try {
      await runner.manager.save(Cat, { name: 'Runner 1' });
      await runner.manager.save(Cat, { name: fail ? (null as never) : 'Runner 2' });
      await runner.commitTransaction();
    } catch {
      await runner.rollbackTransaction();
    } finally {
      await runner.release();
    }
    return { kept: await this.cats.countBy({ name: Like('Runner%') }) };
  }

  /** Inserts rows in a transaction callback with a nested transaction. */
  async byCallback(fail: boolean) {
    const work = this.source.transaction(async (manager) => {
      await manager.insert(Cat, { name: 'Called 1' });
      await manager.transaction((inner) => inner.insert(Cat, { name: 'Called 2' })).catch(() => undefined);
      if (fail) throw new Error('rolled back');
    });
    await work.catch(() => undefined);
    return { kept: await this.cats.countBy({ name: Like('Called%') }) };
  }

  async upserted() {
    const owners = this.source.getRepository(Owner);
    await owners.upsert({ name: 'Bob' }, ['name']);
    await owners.upsert({ name: 'Bob' }, { conflictPaths: ['name'] });
    return { kept: await owners.countBy({ name: 'Bob' }) };
  }

  duplicate() {
    return this.source.getRepository(Owner).insert([{ name: 'Twice' }, { name: 'Twice' }]);
  }
}
