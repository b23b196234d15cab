import pg from 'pg';
import type { DataSource, DataSourceOptions } from 'typeorm';
import type { Config } from '../config/config.js';
import { OperatorError } from '../errors/operator-error.js';
import { AerieDataSource } from './data-source.js';
import { migrationOptions, patientOptions } from './data-source-options.js';
import { applyMigrations, pendingMigrations, undoMigrations } from './migrations.js';
import { checkPoolers } from './pooler-check.js';
import { takePreparationLock } from './preparation-lock.js';
import { checkSchema, checkSearches, warnOfDrift } from './schema-check.js';
import { checkServer } from './server-check.js';
import { open } from './session.js';

const CONNECT_WITHIN_MS = 5000;
/** The connection that has the lock does nothing, for as long as the work takes. */
const UNLIMITED = {
  idle_session_timeout: 0,
  idle_in_transaction_session_timeout: 0,
  transaction_timeout: 0,
  statement_timeout: 0,
};

/** Runs the work while no other process prepares the same database; the others wait for it. Throws an OperatorError when the database cannot be reached, or used. */
export function alone<T>(config: Config, work: () => Promise<T>): Promise<T> {
  return withClient(config, async (client) => {
    await takePreparationLock(client);
    return work();
  });
}

/** On a connection to a database that can be used. When it ends, so do its locks. */
async function withClient<T>(config: Config, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: config.directUrl,
    application_name: 'aerie-prepare',
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
  });
  try {
    await open(client, UNLIMITED);
  } catch (error) {
    throw unreachable(client, error);
  }
  try {
    await checkServer(client);
    await checkPoolers(config, client);
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Says where no database could be reached and why, without the password. */
function unreachable({ host, port, database }: pg.Client, error: unknown): OperatorError {
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
 * Applies what is missing, each migration in its own transaction, without the deadlines of requests. Returns their names.
 * With `check`, it throws an OperatorError where that is not yet what the entities count on (schema-check.ts).
 */
export function migrate(config: Config, { check = false } = {}): Promise<string[]> {
  return migrating(config, async (source) => {
    const applied = await applyMigrations(source, config);
    if (check) await checkSchema(source, config);
    if (check && !config.production) await checkSearches(source);
    if (check && config.values.NODE_ENV === 'development') await warnOfDrift(source);
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

/** Runs the work on a connection of its own, outside the application. */
export function withDataSource<T>(config: Config, work: (source: DataSource) => Promise<T>): Promise<T> {
  return withSource(patientOptions(config), work);
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
