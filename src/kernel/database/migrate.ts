import pg from 'pg';
import type { DataSource } from 'typeorm';
import type { Config } from '../config/config.js';
import { OperatorError } from '../errors/operator-error.js';
import { AerieDataSource } from './data-source.js';
import { commandDataSourceOptions } from './data-source-options.js';
import { checkSchema, checkSearches, warnOfSchemaDiff } from './schema-check.js';
import { checkServer } from './server-check.js';
import { applySessionSettings, connectClient } from './session-settings.js';

// Runs migrations, under a lock that only one process holds.

/** The key of the advisory lock. Any number that no other program uses on the same database. */
const LOCK = 4_120_253_117;
const CONNECT_WITHIN_MS = 5000;

/**
 * Runs `work` while holding an advisory lock, so that processes prepare a database one after another. Throws an
 * OperatorError if the database cannot be reached or its settings are unsuitable (server-check.ts).
 */
export async function withMigrationLock<T>(config: Config, work: () => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: config.databaseUrl,
    application_name: 'aerie-prepare',
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
  });
  try {
    await connectClient(client);
  } catch (error) {
    throw connectionError(client, error);
  }
  try {
    await checkServer(client);
    await applySessionSettings(client);
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    return await work();
  } finally {
    await client.end(); // releases the lock
  }
}

/** The error for a failed connection: host, port, database and reason, without the password. */
function connectionError({ host, port, database }: pg.Client, error: unknown): OperatorError {
  const reasons = error instanceof AggregateError ? (error.errors as Error[]) : [error as Error];
  const why = reasons.map(({ message }) => message).join('; ');
  return new OperatorError(
    `The database${database === undefined ? '' : ` ${database}`} on ${host}:${port} cannot be reached: ${why}`,
    { cause: error },
  );
}

/**
 * Runs the pending migrations, each in its own transaction and without the timeouts of requests. Returns their names. With
 * `check`, throws an OperatorError if the schema lacks something that the entities need (schema-check.ts).
 */
export function migrate(config: Config, { check = false } = {}): Promise<string[]> {
  return withDataSource(config, async (source) => {
    const applied = await source.runMigrations();
    if (check) await checkSchema(source, config);
    if (check && !config.production) await checkSearches(source);
    if (check && config.values.NODE_ENV === 'development') await warnOfSchemaDiff(source);
    return applied.map(({ name }) => name);
  });
}

/** Runs `work` with a data source of its own, outside of the application: for migrations and commands. */
export async function withDataSource<T>(config: Config, work: (source: DataSource) => Promise<T>): Promise<T> {
  const source = new AerieDataSource(commandDataSourceOptions(config));
  await source.initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}
