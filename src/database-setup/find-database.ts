import { resolve } from 'node:path';
import type { Config } from '../config/config.js';
import { OperatorError } from '../config/operator-error.js';
import { hasDatabase } from '../embedded-postgres/data-directory.js';
import { leaseEmbeddedPostgres } from '../embedded-postgres/lease.js';

// Finds the database: DATABASE_URL, or the embedded PostgreSQL.

/** The database that the application uses, and how to release it. */
export interface Database {
  /** The configuration, completed with the URL of the database. */
  readonly config: Config;
  readonly embedded: boolean;
  /** Releases the embedded server, which stops when its last user releases it. Does nothing for DATABASE_URL. */
  release(): Promise<void>;
}

/** Throws an OperatorError unless DATABASE_URL is set, or DATA_DIR has an embedded database. Changes nothing. */
export function requireEmbedded({ values: { DATABASE_URL, DATA_DIR } }: Config): void {
  if (DATABASE_URL !== undefined || hasDatabase(DATA_DIR)) return;
  throw new OperatorError(
    `There is no database in ${resolve(DATA_DIR)}: set DATA_DIR to the folder of Aerie's data, or DATABASE_URL`,
  );
}

/**
 * Returns the database of DATABASE_URL, or else the embedded PostgreSQL of DATA_DIR, which is started unless it is
 * running. Throws an OperatorError if it does not start. Calls `onLost` when the embedded server is gone and cannot be
 * restarted.
 */
export async function findDatabase(config: Config, onLost: (reason: Error) => void): Promise<Database> {
  if (config.values.DATABASE_URL !== undefined) return { config, embedded: false, release: async () => {} };
  const lease = await leaseEmbeddedPostgres(config.values.DATA_DIR, { lost: onLost }).catch((error: Error) => {
    throw new OperatorError(error.message, { cause: error });
  });
  return { config: config.withDatabase(lease.url()), embedded: true, release: () => lease.release() };
}
