import type { EntityManager } from 'typeorm';
import { IsolationLevelError } from './isolation-level.js';
import { transaction } from './transaction.js';

const conflict = () => Object.assign(new Error('could not serialize access'), { code: '40001' });
const levelError = () => new IsolationLevelError('SERIALIZABLE', 'READ COMMITTED');

/** Returns a manager whose transactions fail with these errors, then with conflicts, and the levels they began with. */
function failing(...errors: Error[]): { db: EntityManager; levels: (string | undefined)[] } {
  const levels: (string | undefined)[] = [];
  const begin = (...given: unknown[]) => {
    levels.push(given.length > 1 ? String(given[0]) : undefined);
    return Promise.reject(errors.shift() ?? conflict());
  };
  return { db: { dataSource: {}, transaction: begin } as unknown as EntityManager, levels };
}

it('retries a conflict three times', async () => {
  const { db, levels } = failing();
  await expect(transaction(db, () => Promise.resolve())).rejects.toThrow('could not serialize access');
  expect(levels).toHaveLength(4);
});

it.each([
  ['at first', [levelError()]],
  ['after three conflicts', [conflict(), conflict(), conflict(), levelError()]],
])('does not count the run with a stricter level as a retry: %s', async (_when, errors) => {
  const { db, levels } = failing(...errors);
  await expect(transaction(db, () => Promise.resolve())).rejects.toThrow('could not serialize access');
  expect(levels).toHaveLength(5);
  expect(levels.at(-1)).toBe('SERIALIZABLE');
});
