import type { EntityManager } from 'typeorm';

/** Runs the work in one transaction, which is committed when it is done and rolled back when it throws. The only way to begin one. */
export function transaction<T>(db: EntityManager, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  return db.transaction(work);
}
