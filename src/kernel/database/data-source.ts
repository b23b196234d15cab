import {
  DataSource,
  EntityManager,
  type EntityTarget,
  type ObjectLiteral,
  type QueryRunner,
  type ReplicationMode,
} from 'typeorm';
import { BaseRepository } from './base.repository.js';
import { joinedRunner } from './joined-runner.js';
import { afterSavepoints, runnerAtHand, withAtHand } from './transaction-at-hand.js';

type IsolationLevel = Exclude<Parameters<EntityManager['transaction']>[0], (tx: EntityManager) => Promise<unknown>>;
type Work<T> = (tx: EntityManager) => Promise<T>;

/**
 * TypeORM's data source, of which every part joins the transaction at hand: each of them gets its connection by
 * `createQueryRunner` where it has none. Its repositories are those of base.repository.ts.
 */
export class AerieDataSource extends DataSource {
  declare readonly manager: AerieEntityManager;

  override createQueryRunner(mode?: ReplicationMode): QueryRunner {
    const runner = runnerAtHand(this);
    return runner === undefined ? super.createQueryRunner(mode) : joinedRunner(runner);
  }

  override createEntityManager(queryRunner?: QueryRunner): AerieEntityManager {
    return new AerieEntityManager(this, queryRunner);
  }

  override getRepository<T extends ObjectLiteral>(target: EntityTarget<T>): BaseRepository<T> {
    return this.manager.getRepository(target);
  }
}

export class AerieEntityManager extends EntityManager {
  private readonly known = new Map<EntityTarget<ObjectLiteral>, BaseRepository<ObjectLiteral>>();

  override getRepository<T extends ObjectLiteral>(target: EntityTarget<T>): BaseRepository<T> {
    let repository = this.known.get(target) as BaseRepository<T> | undefined;
    if (repository === undefined) {
      repository = new BaseRepository(target, this, this.queryRunner);
      this.known.set(target, repository);
    }
    return repository;
  }

  /** The work has the transaction at hand, or a savepoint in the one that is at hand already. */
  override transaction<T>(work: Work<T>): Promise<T>;
  override transaction<T>(isolation: IsolationLevel, work: Work<T>): Promise<T>;
  override transaction<T>(first: Work<T> | IsolationLevel, second?: Work<T>): Promise<T> {
    const isolation = typeof first === 'function' ? undefined : first;
    const work = typeof first === 'function' ? first : second!; // `DataSource.transaction(work)` passes an undefined on
    const inside: Work<T> = (tx) => withAtHand(tx, work);
    const begin = () => (isolation === undefined ? super.transaction(inside) : super.transaction(isolation, inside));
    return afterSavepoints(this.dataSource, begin);
  }
}
