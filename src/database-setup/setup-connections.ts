import pg from 'pg';
import type { DataSource, DataSourceOptions } from 'typeorm';
import type { Config } from '../config/config.js';
import { AerieDataSource } from '../kernel/database/data-source.js';
import { commandDataSourceOptions } from '../kernel/database/data-source-options.js';
import { CONNECT_TIMEOUT_MS } from '../kernel/database/session-settings.js';
import { MIGRATION_APPLICATION_NAME, migrationLockTimeout } from './lock-timeout-retries.js';

// Connections for the start and for commands. They bypass poolers and have no request timeouts.

/** Creates the client that checks the database and holds the migration lock. It is not connected. */
export function createSetupClient(connectionString: string): pg.Client {
  return new pg.Client({
    connectionString,
    application_name: 'aerie-prepare',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
}

/** Options of the data source for migrations, with their short lock timeout. */
export function migrationOptions(config: Config): DataSourceOptions {
  const options = commandDataSourceOptions(config);
  const settings = { lock_timeout: migrationLockTimeout(config) };
  const extra = { ...(options.extra as object), settings };
  return { ...options, applicationName: MIGRATION_APPLICATION_NAME, extra };
}

/** Runs `work` with a data source of its own, outside of the application. */
export async function withDataSource<T>(
  config: Config,
  work: (source: DataSource) => Promise<T>,
  options: DataSourceOptions = commandDataSourceOptions(config),
): Promise<T> {
  const source = new AerieDataSource(options);
  await source.initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}
