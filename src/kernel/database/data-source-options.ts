import type { DataSourceOptions } from 'typeorm';
import type { Config } from '../config/config.js';
import type { Logger } from '../logging/logger.js';
import { limitsOf, type Limits } from './limits.js';
import { PostgresNames } from './naming.js';
import { Pool, type PoolOptions } from './pool.js';
import type { SlowStatements } from './pooled-client.js';

/** Compiled to dist/src/kernel/database: entities and migrations are found beside it. */
const ROOT = `${import.meta.dirname}/../../..`;

const CONNECT_WITHIN_MS = 5000;
/** Of a slow statement. */
const MAX_TEXT = 2000;
const KEEP_ALIVE_MS = 10_000;

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

/** How requests talk to this database: by a pool, with deadlines. The schema is never synchronised: migrations make it. */
export function dataSourceOptions(config: Config, logger: Logger): PostgresOptions {
  const { max, connectionTimeoutMillis, ...extra } = poolOptions(config, logger);
  return { ...commonOptions(config), poolSize: max, connectTimeoutMS: connectionTimeoutMillis!, extra };
}

/** The pool of requests, of this database or of a replica. */
export function poolOptions(config: Config, logger: Logger): PoolOptions {
  const { DATABASE_POOL_SIZE, DATABASE_POOL_OVERFLOW } = config.values;
  const limits = limitsOf(config);
  return {
    ...CONNECTION,
    ...limited(limits),
    application_name: 'aerie',
    min: DATABASE_POOL_SIZE,
    max: DATABASE_POOL_SIZE + DATABASE_POOL_OVERFLOW,
    connectionTimeoutMillis: limits.connect,
    slow: slowStatements(config, logger),
  };
}

/** The line of a statement that took long. Parameters are left out: they may be secret, and are somebody's. */
function slowStatements({ values }: Config, logger: Logger): SlowStatements | undefined {
  const fromMs = values.SLOW_STATEMENT_MS;
  if (fromMs === 0) return undefined;
  const tell: SlowStatements['tell'] = (text, ms, context) => {
    const statement = text.replace(/\s+/g, ' ').trim().slice(0, MAX_TEXT);
    const request = context && { request_id: context.id, trace_id: context.trace_id };
    logger.warn('slow statement', { request_id: undefined, ...request, ms: Math.round(ms), statement });
  };
  return { fromMs, tell };
}

/** How migrations and commands talk to it: by one connection, as long as they take. */
export function patientOptions(config: Config): PostgresOptions {
  return { ...commonOptions(config), poolSize: 1, connectTimeoutMS: CONNECT_WITHIN_MS, extra: CONNECTION };
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
