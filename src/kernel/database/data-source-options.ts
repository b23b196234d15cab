import type { DataSourceOptions } from 'typeorm';
import type { Config } from '../config/config.js';
import { databaseTimeouts, type DatabaseTimeouts } from './timeouts.js';
import { PostgresNamingStrategy } from './naming-strategy.js';
import { migrationLockTimeout, MIGRATING } from './patience.js';
import { Pool, type PoolOptions } from './pool.js';

// Options of TypeORM's data source and of its pg pool.

/** The folder of the compiled entities and migrations: this file is compiled to dist/src/kernel/database. */
const ROOT = `${import.meta.dirname}/../../..`;

const CONNECT_WITHIN_MS = 5000;
const KEEP_ALIVE_MS = 10_000;

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

/** Options of the data source for requests: a pool with timeouts. Migrations create the schema, never `synchronize`. */
export function dataSourceOptions(config: Config): PostgresOptions {
  const { max, connectionTimeoutMillis, ...extra } = poolOptions(config);
  return { ...commonOptions(config), poolSize: max, connectTimeoutMS: connectionTimeoutMillis!, extra };
}

/** Options of the request pool, for the primary or a replica. */
export function poolOptions(config: Config): PoolOptions {
  const { DATABASE_POOL_SIZE, DATABASE_POOL_OVERFLOW } = config.values;
  const limits = databaseTimeouts(config);
  return {
    ...CONNECTION,
    ...timeoutOptions(limits),
    application_name: 'aerie',
    min: DATABASE_POOL_SIZE,
    max: DATABASE_POOL_SIZE + DATABASE_POOL_OVERFLOW,
    connectionTimeoutMillis: limits.connect,
  };
}

/** Options of the data source for commands: one connection past any pooler, without timeouts. */
export function commandDataSourceOptions(config: Config): PostgresOptions {
  return {
    ...commonOptions(config),
    url: config.directUrl,
    poolSize: 1,
    connectTimeoutMS: CONNECT_WITHIN_MS,
    extra: CONNECTION,
  };
}

/** Options of the data source for migrations: the same, with a short lock timeout. */
export function migrationOptions(config: Config): PostgresOptions {
  const extra = { ...CONNECTION, settings: { lock_timeout: migrationLockTimeout(config) } };
  return { ...commandDataSourceOptions(config), applicationName: MIGRATING, extra };
}

function commonOptions(config: Config): PostgresOptions {
  return {
    type: 'postgres',
    url: config.databaseUrl,
    driver: { Pool },
    applicationName: 'aerie',
    entities: [`${ROOT}/src/**/*.entity.js`],
    migrations: [`${ROOT}/migrations/*.js`],
    namingStrategy: new PostgresNamingStrategy(),
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

function timeoutOptions({ acquire, query, statement, lock, transaction }: DatabaseTimeouts): Partial<PoolOptions> {
  return {
    acquireTimeout: acquire,
    pipeline: true, // in pipeline mode pg closes a connection whose query timed out, so that no later query waits on it
    query_timeout: query,
    settings: {
      statement_timeout: statement,
      lock_timeout: lock,
      idle_in_transaction_session_timeout: transaction,
      transaction_timeout: transaction,
    },
  };
}
