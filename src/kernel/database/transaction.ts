import { setTimeout as sleep } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { isLostRace } from '../errors/database-errors.js';

const MAX_RETRIES = 3;
/** The longest first pause; each next one may be twice as long. */
const FIRST_PAUSE_MS = 20;

/**
 * Runs the work in one transaction, which is committed when it is done and rolled back when it throws. The only way to
 * begin one. Where PostgreSQL gave others the way (a serialization failure, a deadlock), also at the commit, nothing has
 * happened and the work is done again: it may do nothing outside the database. Throws PostgreSQL's error after three more.
 */
export async function transaction<T>(db: EntityManager, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  for (let retries = 0; ; retries++) {
    try {
      return await db.transaction(work);
    } catch (error) {
      const isPart = db.queryRunner !== undefined; // of a transaction that is lost as a whole
      if (retries === MAX_RETRIES || isPart || !isLostRace(error)) throw error;
    }
    await sleep(Math.random() * FIRST_PAUSE_MS * 2 ** retries); // those who met do not meet again
  }
}
