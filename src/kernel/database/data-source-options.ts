import pg from 'pg';
import type { DataSourceOptions } from 'typeorm';
import type { Config } from '../../config/config.js';
import { activityFields, type Logger } from '../logging/logger.js';
import { databaseTimeouts, type DatabaseTimeouts } from './timeouts.js';
import { PostgresNamingStrategy } from './naming-strategy.js';
import { Pool, type PoolOptions } from './pool.js';
import { CONNECT_TIMEOUT_MS } from './session-settings.js';
import type { SlowStatements } from './pooled-client.js';

// Options of TypeORM's data source and of its pg pool.

/** The folder of the compiled entities and migrations: this file is compiled to dist/src/kernel/database. */
const ROOT = `${import.meta.dirname}/../../..`;

/** The maximum length of a slow statement in the log. */
const MAX_TEXT = 2000;
const KEEP_ALIVE_MS = 10_000;

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

/** Options of the data source for requests: a pool with timeouts. Migrations create the schema, never `synchronize`. */
export function dataSourceOptions(config: Config, logger: Logger): PostgresOptions {
  const { max, connectionTimeoutMillis, ...extra } = poolOptions(config, logger);
  return { ...commonOptions(config), poolSize: max, connectTimeoutMS: connectionTimeoutMillis!, extra };
}

/** Options of the request pool, for the primary or a replica. */
export function poolOptions(config: Config, logger: Logger): PoolOptions {
  const { DATABASE_POOL_SIZE, DATABASE_POOL_OVERFLOW } = config.values;
  const limits = databaseTimeouts(config);
  return {
    ...CONNECTION,
    ...timeoutOptions(limits),
    application_name: 'aerie',
    min: DATABASE_POOL_SIZE,
    max: DATABASE_POOL_SIZE + DATABASE_POOL_OVERFLOW,
    connectionTimeoutMillis: limits.connect,
    slow: slowStatements(config, logger),
  };
}

/** Returns how slow statements are logged. Parameters are omitted, since they may be secret or personal. */
function slowStatements({ values }: Config, logger: Logger): SlowStatements | undefined {
  const fromMs = values.SLOW_STATEMENT_MS;
  if (fromMs === 0) return undefined;
  const log: SlowStatements['log'] = (text, ms, activity) => {
    const statement = text.replace(/\s+/g, ' ').trim().slice(0, MAX_TEXT);
    logger.warn('slow statement', { ...activityFields(activity), ms: Math.round(ms), statement });
  };
  return { fromMs, log };
}

/** Options of the data source for commands: one connection past any pooler, without timeouts. */
export function commandDataSourceOptions(config: Config): PostgresOptions {
  return {
    ...commonOptions(config),
    url: config.directUrl,
    poolSize: 1,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: CONNECTION,
  };
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

/**
 * Keeps a `date` as text, since it has no time and no zone. pg would convert it to midnight in the zone of the process.
 */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === pg.types.builtins.DATE ? (text: string) => text : pg.types.getTypeParser(oid, format),
};

const CONNECTION = {
  types,
  keepAlive: true,
  keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  idleTimeoutMillis: 30_000,
};

function timeoutOptions({ acquire, query, statement, lock, transaction }: DatabaseTimeouts): Partial<PoolOptions> {
  return {
    acquireTimeout: acquire,
    pipeline: true,
    query_timeout: query,
    settings: {
      statement_timeout: statement,
      lock_timeout: lock,
      idle_in_transaction_session_timeout: transaction,
      transaction_timeout: transaction,
    },
  };
}
