import type { Config } from '../config/config.js';
import { OperatorError } from '../errors/operator-error.js';
import { leaseEmbeddedPostgres } from '../../embedded-postgres/lease.js';

export interface Database {
  /** The configuration, with the address of the database in it. */
  readonly config: Config;
  readonly embedded: boolean;
  /** Ends the use of it: the embedded server stops with its last user. */
  release(): Promise<void>;
}

/**
 * DATABASE_URL, or the embedded PostgreSQL of DATA_DIR, started when nobody uses it yet. Throws an OperatorError when it
 * does not start. `lost` hears of an embedded server that is gone for good: nothing can be served any more.
 */
export async function findDatabase(config: Config, lost: (reason: Error) => void): Promise<Database> {
  if (config.values.DATABASE_URL !== undefined) return { config, embedded: false, release: async () => {} };
  const lease = await leaseEmbeddedPostgres(config.values.DATA_DIR, { lost }).catch((error: Error) => {
    throw new OperatorError(error.message, { cause: error });
  });
  return { config: config.withDatabase(lease.url()), embedded: true, release: () => lease.release() };
}
