import type { DataSourceOptions } from 'typeorm';
import type { Config } from '../config.js';
import { TimedClient } from './timed-client.js';

/** Compiled to dist/src/kernel/database: entities and migrations are found beside it. */
const ROOT = `${import.meta.dirname}/../../..`;

/**
 * Deadlines that hold behind any caller, each shorter than the one around it: a lock 2 s, a statement 5 s, a
 * transaction that its program forgot 10 s.
 */
const SESSION_LIMITS = '-c lock_timeout=2000 -c statement_timeout=5000 -c idle_in_transaction_session_timeout=10000';

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

/** How Aerie talks to this database. The schema is never synchronised: migrations make it. */
export function dataSourceOptions(config: Config): PostgresOptions {
  const { DATABASE_POOL_SIZE, DATABASE_POOL_OVERFLOW } = config.values;
  const slaves = config.replicaUrls.map((url) => ({ url }));
  return {
    type: 'postgres',
    ...(slaves.length > 0
      ? { replication: { master: { url: config.databaseUrl }, slaves } }
      : { url: config.databaseUrl }),
    applicationName: 'aerie',
    entities: [`${ROOT}/src/**/*.entity.js`],
    migrations: [`${ROOT}/migrations/*.js`],
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    poolSize: DATABASE_POOL_SIZE + DATABASE_POOL_OVERFLOW,
    connectTimeoutMS: 5000,
    extra: {
      Client: TimedClient,
      min: DATABASE_POOL_SIZE,
      idleTimeoutMillis: 30_000,
      maxLifetimeSeconds: 1800, // failovers and DNS changes are followed
      keepAlive: true,
      options: SESSION_LIMITS,
    },
  };
}
