import { TransactionNotStartedError, type QueryRunner } from 'typeorm';

/**
 * A query runner on the connection of the transaction at hand. What begins a transaction on it gets a savepoint, and to
 * release it leaves the connection to whoever began the transaction.
 */
export function joinedRunner(runner: QueryRunner): QueryRunner {
  let savepoints = 0;
  const end = async (by: 'commitTransaction' | 'rollbackTransaction') => {
    if (savepoints === 0) throw new TransactionNotStartedError();
    await runner[by]();
    savepoints--;
  };
  const own: Partial<QueryRunner> = {
    startTransaction: async () => {
      await runner.startTransaction();
      savepoints++;
    },
    commitTransaction: () => end('commitTransaction'),
    rollbackTransaction: () => end('rollbackTransaction'),
    release: async () => {},
    [Symbol.asyncDispose]: async () => {
      for (let open = savepoints; open > 0; open--) await end('commitTransaction'); // as TypeORM's own do
    },
  };
  return new Proxy(runner, {
    get: (target, name) => Reflect.get(name in own ? own : target, name) as unknown,
  });
}
