import { availableParallelism } from 'node:os';
import { readConfig } from '../config/config.js';
import { connectionProblem } from './connection-budget.js';

/** The connections of a process in addition to its pool: job queue, exports and reports. */
const OTHERS = 4 + 5 + Math.max(1, availableParallelism() - 1);
const RESERVE = 5;

const config = (WORKERS: number, env: Record<string, string> = {}) =>
  readConfig({ WORKERS: String(WORKERS), DATABASE_POOL_SIZE: '10', DATABASE_POOL_OVERFLOW: '20', ...env });

it.each([1, 4])('the server must allow all connections of the processes if WORKERS=%i', (workers) => {
  const needed = workers * (30 + OTHERS) + RESERVE;
  expect(connectionProblem(config(workers), needed)).toBeUndefined();
  expect(connectionProblem(config(workers), needed - 1)).toContain(
    `${workers} process(es) may open ${needed} database connections, but the server allows ${needed - 1}: raise its max_connections by 1,`,
  );
});

it('the connections of all instances are counted', () => {
  const needed = 3 * 2 * (30 + OTHERS) + RESERVE;
  const several = config(2, { INSTANCES: '3' });
  expect(connectionProblem(several, needed)).toBeUndefined();
  expect(connectionProblem(several, needed - 1)).toMatch(
    new RegExp(`^6 process\\(es\\) may open ${needed} database connections, .+, or lower INSTANCES, WORKERS, `),
  );
});

it('one more connection is counted for the replication lag check', () => {
  const needed = 30 + OTHERS + 1 + RESERVE;
  const replicated = config(1, { DATABASE_REPLICA_URLS: 'postgres://one/aerie,postgres://two/aerie' });
  expect(connectionProblem(replicated, needed)).toBeUndefined();
  expect(connectionProblem(replicated, needed - 1)).toContain(`may open ${needed} database connections`);
});

it('only the connections of the job queue are counted if there is a pooler', () => {
  const needed = 2 * 4 + RESERVE;
  const pooled = config(2, { DATABASE_URL: 'postgres://pooler/aerie', DATABASE_DIRECT_URL: 'postgres://db/aerie' });
  expect(connectionProblem(pooled, needed)).toBeUndefined();
  expect(connectionProblem(pooled, needed - 1)).toContain(`may open ${needed} database connections`);
});
