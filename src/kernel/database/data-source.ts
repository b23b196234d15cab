import {
  DataSource,
  EntityManager,
  type EntityTarget,
  type ObjectLiteral,
  type QueryRunner,
  type ReplicationMode,
} from 'typeorm';
import { inSpan, isTracing } from '../common/tracing.js';
import { BaseRepository } from './base.repository.js';
import { nestedQueryRunner } from './nested-query-runner.js';
import {
  afterOpenSavepoints,
  assertIsolation,
  currentQueryRunner,
  currentScope,
  isCurrent,
  runInTransactionScope,
} from './current-transaction.js';
import type { IsolationLevel } from './isolation-level.js';

type Work<T> = (tx: EntityManager) => Promise<T>;

/**
 * TypeORM's DataSource, except that everything runs in the current transaction, if there is one: TypeORM gets each
 * connection from `createQueryRunner`, which returns that of the transaction. Its repositories are BaseRepository.
 */
export class AerieDataSource extends DataSource {
  declare readonly manager: AerieEntityManager;

  override createQueryRunner(mode?: ReplicationMode): QueryRunner {
    const scope = currentScope(this);
    const create = () => super.createQueryRunner(mode);
    return scope === undefined ? create() : nestedQueryRunner(scope, create);
  }

  override createEntityManager(queryRunner?: QueryRunner): AerieEntityManager {
    return new AerieEntityManager(this, queryRunner);
  }

  override getRepository<T extends ObjectLiteral>(target: EntityTarget<T>): BaseRepository<T> {
    return this.manager.getRepository(target);
  }
}

/** TypeORM's EntityManager, with BaseRepository, and with savepoints instead of nested transactions. */
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

  /**
   * Runs `work` in a transaction, or in a savepoint of the current transaction. Throws IsolationLevelError if that has a
   * weaker level.
   */
  override transaction<T>(work: Work<T>): Promise<T>;
  override transaction<T>(isolation: IsolationLevel, work: Work<T>): Promise<T>;
  override async transaction<T>(first: Work<T> | IsolationLevel, second?: Work<T>): Promise<T> {
    const isolation = typeof first === 'function' ? undefined : first;
    const work = typeof first === 'function' ? first : second!; // `DataSource.transaction(work)` also passes undefined
    assertIsolation(this.dataSource, isolation);
    // a transaction that a query runner has begun may have any level
    const level = this.queryRunner?.isTransactionActive === true ? 'SERIALIZABLE' : isolation;
    const inside: Work<T> = (tx) => runInTransactionScope(tx, work, { isolation: level, ended: () => whole });
    const isPart = this.queryRunner !== undefined && isCurrent(this.queryRunner);
    const db = isPart ? (this.dataSource as AerieDataSource).manager : this; // whose createQueryRunner nests
    const begin = () => db.beginHere(isolation, inside);
    const isSavepoint =
      isTracing && (this.queryRunner ?? currentQueryRunner(this.dataSource))?.isTransactionActive === true;
    const whole: Promise<T> = inSpan(isSavepoint ? 'savepoint' : 'transaction', {}, () =>
      afterOpenSavepoints(this.dataSource, begin),
    );
    return whole;
  }

  private beginHere<T>(isolation: IsolationLevel | undefined, work: Work<T>): Promise<T> {
    return isolation === undefined ? super.transaction(work) : super.transaction(isolation, work);
  }
}
