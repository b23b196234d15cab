import {
  QueryRunnerAlreadyReleasedError,
  TransactionNotStartedError,
  type EntityManager,
  type QueryRunner,
} from 'typeorm';
import { assertIsolation } from './current-transaction.js';
import type { IsolationLevel } from './isolation-level.js';
import { NestedState, setNestedState, type TransactionScope } from './transaction-scope.js';

/**
 * Returns a query runner for code inside a transaction, on the connection of the transaction. `startTransaction` creates
 * a savepoint, and `release` rolls back what is still open. `startTransaction` throws IsolationLevelError for a stricter
 * level than the transaction has.
 *
 * The code may continue after the transaction has ended. If it was rolled back, all methods that use the connection
 * throw. If it was committed, they use a query runner of `create`.
 */
export function nestedQueryRunner(scope: TransactionScope, create: () => QueryRunner): QueryRunner {
  const overrides = new Overrides(scope, create);
  const proxy = new Proxy(scope.outermost.runner, {
    get: (_, name) => Reflect.get(name in overrides ? overrides : overrides.target, name) as unknown,
    // a new EntityManager assigns itself to `manager`, which is a getter here
    set: (_, name, value) =>
      name === 'manager' || Reflect.set(name in overrides ? overrides : overrides.target, name, value),
  });
  overrides.proxy = proxy;
  setNestedState(proxy, overrides.state);
  return proxy;
}

type Method = (...args: unknown[]) => Promise<unknown>;

/** The properties of a nested query runner that differ from those of the transaction's one. */
class Overrides {
  declare proxy: QueryRunner;
  readonly state: NestedState;
  private readonly whole: TransactionScope;
  private ownManager: EntityManager | undefined;
  /** The query runner for code that continues after the commit. */
  private later: QueryRunner | undefined;

  constructor(
    private readonly scope: TransactionScope,
    private readonly create: () => QueryRunner,
  ) {
    this.state = new NestedState(scope);
    this.whole = scope.outermost;
  }

  get target(): QueryRunner {
    return this.later ?? this.whole.runner;
  }

  get manager(): EntityManager {
    return (this.ownManager ??= this.whole.runner.dataSource.createEntityManager(this.proxy));
  }

  get isReleased(): boolean {
    return this.state.isReleased;
  }

  readonly query: Method = (...args) => this.call('query', args);
  readonly stream: Method = (...args) => this.call('stream', args);
  readonly connect: Method = (...args) => this.call('connect', args);

  readonly startTransaction = async (isolation?: IsolationLevel): Promise<void> => {
    if (this.state.isReleased) throw new QueryRunnerAlreadyReleasedError();
    this.scope.assertKept();
    if (this.whole.state !== 'open') return (await this.afterCommit()).startTransaction(isolation);
    assertIsolation(this.target.dataSource, isolation);
    // TypeORM's own savepoints would let the outer code release one of them instead of its COMMIT, if one is left open
    const name = `aerie_${++this.whole.savepointCount}`;
    await this.target.query(`SAVEPOINT ${name}`);
    this.state.savepoints.push({ name });
  };

  readonly commitTransaction = async (): Promise<void> => {
    if (this.later) return this.later.commitTransaction();
    this.scope.assertKept();
    await this.endSavepoint('RELEASE');
  };

  readonly rollbackTransaction = async (): Promise<void> => {
    if (this.later) return this.later.rollbackTransaction();
    await this.endSavepoint('ROLLBACK TO');
  };

  readonly release = async (): Promise<void> => {
    if (this.state.isReleased) return;
    try {
      while (this.state.savepoints.length > 0) await this.endSavepoint('ROLLBACK TO');
    } finally {
      this.state.isReleased = true;
      await this.later?.release();
    }
  };

  /** Like TypeORM's query runner. */
  readonly [Symbol.asyncDispose] = async (): Promise<void> => {
    try {
      while (this.state.savepoints.length > 0) await this.commitTransaction();
      if (this.later?.isTransactionActive) await this.later.commitTransaction();
    } finally {
      await this.release();
    }
  };

  private async call(name: 'query' | 'stream' | 'connect', args: unknown[]): Promise<unknown> {
    if (this.state.isReleased) throw new QueryRunnerAlreadyReleasedError();
    this.state.scope.assertKept();
    const target = this.whole.state === 'open' ? this.target : await this.afterCommit();
    return (target[name] as Method)(...args);
  }

  private async afterCommit(): Promise<QueryRunner> {
    if (this.state.savepoints.length > 0)
      throw new Error('The transaction was committed while a query runner had begun a part of it: await that part');
    await this.whole.ended();
    if (this.state.isReleased) throw new QueryRunnerAlreadyReleasedError();
    return (this.later ??= this.create());
  }

  private async endSavepoint(verb: 'RELEASE' | 'ROLLBACK TO'): Promise<void> {
    const { savepoints } = this.state;
    const last = savepoints.at(-1);
    if (last === undefined) throw new TransactionNotStartedError();
    try {
      // what it is a part of may have been rolled back, and the savepoint with it
      if (this.whole.state === 'open' && this.scope.isKept) await this.target.query(`${verb} SAVEPOINT ${last.name}`);
    } catch (error) {
      if (verb === 'ROLLBACK TO') savepoints.pop(); // after a RELEASE that fails, it is still to be rolled back
      throw error;
    }
    savepoints.pop();
  }
}
