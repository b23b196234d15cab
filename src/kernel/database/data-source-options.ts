import type { DataSourceOptions } from 'typeorm';
import type { Config } from '../config/config.js';
import { limitsOf, type Limits } from './limits.js';
import { PostgresNames } from './naming.js';
import { migrationLockTimeout, MIGRATING } from './patience.js';
import { Pool, type PoolOptions } from './pool.js';

/** Compiled to dist/src/kernel/database: entities and migrations are found beside it. */
const ROOT = `${import.meta.dirname}/../../..`;

const CONNECT_WITHIN_MS = 5000;
const KEEP_ALIVE_MS = 10_000;

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

/** How requests talk to this database: by a pool, with deadlines. The schema is never synchronised: migrations make it. */
export function dataSourceOptions(config: Config): PostgresOptions {
  const { max, connectionTimeoutMillis, ...extra } = poolOptions(config);
  return { ...commonOptions(config), poolSize: max, connectTimeoutMS: connectionTimeoutMillis!, extra };
}

/** The pool of requests, of this database or of a replica. */
export function poolOptions(config: Config): PoolOptions {
  const { DATABASE_POOL_SIZE, DATABASE_POOL_OVERFLOW } = config.values;
  const limits = limitsOf(config);
  return {
    ...CONNECTION,
    ...limited(limits),
    application_name: 'aerie',
    min: DATABASE_POOL_SIZE,
    max: DATABASE_POOL_SIZE + DATABASE_POOL_OVERFLOW,
    connectionTimeoutMillis: limits.connect,
  };
}

/** How commands talk to it: by one connection past any pooler, as long as they take. */
export function patientOptions(config: Config): PostgresOptions {
  return {
    ...commonOptions(config),
    url: config.directUrl,
    poolSize: 1,
    connectTimeoutMS: CONNECT_WITHIN_MS,
    extra: CONNECTION,
  };
}

/** How migrations talk to it: the same, but waiting for no lock for long. */
export function migrationOptions(config: Config): PostgresOptions {
  const extra = { ...CONNECTION, settings: { lock_timeout: migrationLockTimeout(config) } };
  return { ...patientOptions(config), applicationName: MIGRATING, extra };
}

function commonOptions(config: Config): PostgresOptions {
  return {
    type: 'postgres',
    url: config.databaseUrl,
    driver: { Pool },
    applicationName: 'aerie',
    entities: [`${ROOT}/src/**/*.entity.js`],
    migrations: [`${ROOT}/migrations/*.js`],
    namingStrategy: new PostgresNames(),
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
  };
}

const CONNECTION = {
  keepAlive: true,
  keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  idleTimeoutMillis: 30_000,
};

function limited({ acquire, query, statement, lock, transaction }: Limits): Partial<PoolOptions> {
  return {
    acquireTimeout: acquire,
    pipeline: true, // pg then closes a connection whose answer is late, so that nobody else waits for it
    query_timeout: query,
    settings: {
      statement_timeout: statement,
      lock_timeout: lock,
      idle_in_transaction_session_timeout: transaction,
      transaction_timeout: transaction,
    },
  };
}
