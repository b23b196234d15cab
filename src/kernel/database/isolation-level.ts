import type { EntityManager } from 'typeorm';

// Isolation levels of transactions.

export type IsolationLevel = Exclude<
  Parameters<EntityManager['transaction']>[0],
  (tx: EntityManager) => Promise<unknown>
>;

/** From the weakest to the strictest. */
const LEVELS: readonly IsolationLevel[] = ['READ UNCOMMITTED', 'READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'];

/** The level of a transaction that begins without one (`session-settings.ts`). */
export const DEFAULT_LEVEL: IsolationLevel = 'READ COMMITTED';

export function isStricter(level: IsolationLevel, than: IsolationLevel): boolean {
  return LEVELS.indexOf(level) > LEVELS.indexOf(than);
}

/**
 * Thrown if code begins a transaction with a stricter level inside another transaction. It would be a savepoint, and
 * PostgreSQL has one level for the whole transaction. `transaction()` then runs the outer one again with `level`.
 */
export class IsolationLevelError extends Error {
  override readonly name = 'IsolationLevelError';

  constructor(
    readonly level: IsolationLevel,
    outer: IsolationLevel,
  ) {
    super(
      `A transaction begins with ${level} inside another one with ${outer}: begin the outer one with that level, or with transaction()`,
    );
  }
}
