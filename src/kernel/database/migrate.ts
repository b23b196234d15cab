import type pg from 'pg';
import type { DataSource, DataSourceOptions } from 'typeorm';
import type { Config } from '../config/config.js';
import { OperatorError } from '../errors/operator-error.js';
import { AerieDataSource } from './data-source.js';
import { commandDataSourceOptions, migrationOptions } from './data-source-options.js';
import { applyMigrations, pendingMigrations, undoMigrations } from './migrations.js';
import { checkPoolers } from './pooler-check.js';
import { takePreparationLock } from './preparation-lock.js';
import { checkSchema, checkSearches, warnOfSchemaDiff } from './schema-check.js';
import { checkServer } from './server-check.js';
import { applySessionSettings, connectClient, createPrepareClient } from './session-settings.js';

// Runs migrations, under a lock that only one process holds.

/** The connection that has the lock does nothing, for as long as the work takes. */
const UNLIMITED = {
  idle_session_timeout: 0,
  idle_in_transaction_session_timeout: 0,
  transaction_timeout: 0,
  statement_timeout: 0,
};

/**
 * Runs `work` while holding an advisory lock, so that processes prepare a database one after another. Throws an
 * OperatorError if the database cannot be reached or its settings are unsuitable (server-check.ts).
 */
export function withMigrationLock<T>(config: Config, work: () => Promise<T>): Promise<T> {
  return withClient(config, async (client) => {
    await takePreparationLock(client);
    return work();
  });
}

/** Runs `work` with a connection to a database that can be used. Its locks end with it. */
async function withClient<T>(config: Config, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = createPrepareClient(config.directUrl);
  try {
    await connectClient(client);
  } catch (error) {
    throw connectionError(client, error);
  }
  try {
    await checkServer(client);
    await applySessionSettings(client, UNLIMITED);
    await checkPoolers(config, client);
    return await work(client);
  } finally {
    await client.end();
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

/** Throws an OperatorError where the database cannot be reached, or used. */
export function requireDatabase(config: Config): Promise<void> {
  return withClient(config, async () => {});
}

/** For commands, which change no schema. Throws an OperatorError where it lacks a migration. */
export async function requireSchema(config: Config): Promise<void> {
  await requireDatabase(config);
  await withDataSource(config, async (source) => {
    const missing = await pendingMigrations(source);
    if (missing.length === 0) return;
    const names = missing.map(({ name }) => name).join(', ');
    throw new OperatorError(
      `The database lacks ${missing.length} migration(s) of this build (${names}): run "npm run migrate" first`,
    );
  });
}

/**
 * Runs the pending migrations, each in its own transaction and without the timeouts of requests. Returns their names. With
 * `check`, throws an OperatorError if the schema lacks something that the entities need (schema-check.ts).
 */
export function migrate(config: Config, { check = false } = {}): Promise<string[]> {
  return migrating(config, async (source) => {
    const applied = await applyMigrations(source, config);
    if (check) await checkSchema(source, config);
    if (check && !config.production) await checkSearches(source);
    if (check && config.values.NODE_ENV === 'development') await warnOfSchemaDiff(source);
    return applied;
  });
}

/** Undoes the last migrations. Returns their names. */
export function migrateDown(config: Config, count: number): Promise<string[]> {
  return migrating(config, (source) => undoMigrations(source, config, count));
}

function migrating<T>(config: Config, work: (source: DataSource) => Promise<T>): Promise<T> {
  return withSource(migrationOptions(config), work);
}

/** Runs `work` with a data source of its own, outside of the application: for commands. */
export function withDataSource<T>(config: Config, work: (source: DataSource) => Promise<T>): Promise<T> {
  return withSource(commandDataSourceOptions(config), work);
}

async function withSource<T>(options: DataSourceOptions, work: (source: DataSource) => Promise<T>): Promise<T> {
  const source = new AerieDataSource(options);
  await source.initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}
