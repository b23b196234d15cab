import type pg from 'pg';
import type { DataSource } from 'typeorm';
import type { Config } from '../config/config.js';
import { applySessionSettings, connectClient } from '../kernel/database/session-settings.js';
import { OperatorError } from '../config/operator-error.js';
import { applyMigrations, pendingMigrations, undoMigrations, type Tell } from './migration-runner.js';
import { checkPoolers } from './pooler-check.js';
import { acquireMigrationLock } from './migration-lock.js';
import { checkSchema, checkSearches } from './schema-check.js';
import { checkServer } from './server-check.js';
import { createSetupClient, migrationOptions, withDataSource } from './setup-connections.js';

// Checks and migrates the database, one process at a time.

/** Disables the timeouts of the connection that has the lock, since it is idle while the work runs. */
const UNLIMITED = {
  idle_session_timeout: 0,
  idle_in_transaction_session_timeout: 0,
  transaction_timeout: 0,
  statement_timeout: 0,
};

export interface MigrateOptions {
  readonly check?: boolean;
  readonly tell?: Tell;
}

/**
 * Runs `work` while its connection holds an advisory lock, so that processes prepare a database one after another.
 * Throws an OperatorError if the database cannot be reached or its settings are unsuitable (server-check.ts).
 */
export function withMigrationLock<T>(config: Config, work: (client: pg.Client) => Promise<T>): Promise<T> {
  return withClient(config, async (client) => {
    await acquireMigrationLock(client);
    return work(client);
  });
}

/** Runs `work` with a connection to a database that has passed the checks. Its locks are released when `work` ends. */
async function withClient<T>(config: Config, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = createSetupClient(config.directUrl);
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

/** Returns the error for a failed connection: host, port, database and reason, without the password. */
function connectionError({ host, port, database }: pg.Client, error: unknown): OperatorError {
  const reasons = error instanceof AggregateError ? (error.errors as Error[]) : [error as Error];
  const why = reasons.map(({ message }) => message).join('; ');
  return new OperatorError(
    `The database${database === undefined ? '' : ` ${database}`} on ${host}:${port} cannot be reached: ${why}`,
    { cause: error },
  );
}

/** Throws an OperatorError if the database cannot be reached, or its settings are unsuitable. */
export function requireDatabase(config: Config): Promise<void> {
  return withClient(config, async () => {});
}

/**
 * Runs `work` on the database, for commands that do not change the schema. Throws an OperatorError if the database
 * cannot be reached, or lacks a migration.
 */
export async function withMigratedDatabase<T>(config: Config, work: (source: DataSource) => Promise<T>): Promise<T> {
  await requireDatabase(config);
  return withDataSource(config, async (source) => {
    await assertMigrated(source);
    return work(source);
  });
}

/** Throws an OperatorError if the database lacks a migration of this build. */
export async function assertMigrated(source: DataSource): Promise<void> {
  const missing = await pendingMigrations(source);
  if (missing.length === 0) return;
  if (missing.length === source.migrations.length) {
    throw new OperatorError(
      `The database ${source.driver.database} has no Aerie tables: is it the right database? "npm run migrate" creates them`,
    );
  }
  const names = missing.map(({ name }) => name).join(', ');
  throw new OperatorError(
    `${missing.length} migration(s) of this build are not applied (${names}): run "npm run migrate" first`,
  );
}

/**
 * Runs the pending migrations on a data source with `migrationOptions`, each in its own transaction. Returns their
 * names. With `check`, throws an OperatorError if the schema lacks something that the entities need (schema-check.ts).
 */
export async function migrate(
  source: DataSource,
  config: Config,
  { check = false, tell }: MigrateOptions = {},
): Promise<string[]> {
  const applied = await applyMigrations(source, config, { tell });
  if (check) await checkSchema(source, config);
  if (check && !config.production) await checkSearches(source);
  return applied;
}

/** Undoes the last migrations. Returns their names. */
export function migrateDown(config: Config, count: number): Promise<string[]> {
  return withDataSource(config, (source) => undoMigrations(source, config, count), migrationOptions(config));
}
