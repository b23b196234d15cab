import { TransactionNotStartedError, type QueryRunner } from 'typeorm';
import { assertIsolation } from './current-transaction.js';

/**
 * Wraps the query runner of the current transaction for code that runs inside it: `startTransaction` creates a
 * savepoint, and `release` does nothing, since the connection belongs to the outer code. `startTransaction` throws
 * IsolationLevelError for a stricter level than the transaction has.
 */
export function nestedQueryRunner(runner: QueryRunner): QueryRunner {
  let savepoints = 0;
  const end = async (by: 'commitTransaction' | 'rollbackTransaction') => {
    if (savepoints === 0) throw new TransactionNotStartedError();
    await runner[by]();
    savepoints--;
  };
  const overrides: Partial<QueryRunner> = {
    startTransaction: async (isolation) => {
      assertIsolation(runner.dataSource, isolation);
      await runner.startTransaction();
      savepoints++;
    },
    commitTransaction: () => end('commitTransaction'),
    rollbackTransaction: () => end('rollbackTransaction'),
    release: async () => {},
    [Symbol.asyncDispose]: async () => {
      for (let open = savepoints; open > 0; open--) await end('commitTransaction'); // like TypeORM's query runner
    },
  };
  return new Proxy(runner, {
    get: (target, name) => Reflect.get(name in overrides ? overrides : target, name) as unknown,
  });
}
