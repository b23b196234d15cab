import pg from 'pg';
import type { DataSource } from 'typeorm';
import type { Config } from '../config/config.js';
import { OperatorError } from '../errors/operator-error.js';
import { AerieDataSource } from './data-source.js';
import { patientOptions } from './data-source-options.js';
import { checkSchema, checkSearches, warnOfDrift } from './schema-check.js';
import { checkServer } from './server-check.js';
import { connect, setSession } from './session.js';

/** Any number will do, as long as no other program on this database takes the same advisory lock. */
const LOCK = 4_120_253_117;
const CONNECT_WITHIN_MS = 5000;

/** Runs the work while no other process prepares the same database; the others wait for it. Throws an OperatorError when the database cannot be reached, or used. */
export async function alone<T>(config: Config, work: () => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: config.databaseUrl,
    application_name: 'aerie-prepare',
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
  });
  try {
    await connect(client);
  } catch (error) {
    throw unreachable(client, error);
  }
  try {
    await checkServer(client);
    await setSession(client);
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    return await work();
  } finally {
    await client.end(); // gives the lock back
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

/**
 * Applies what is missing, each migration in its own transaction, without the deadlines of requests. Returns their names.
 * With `check`, it throws an OperatorError where that is not yet what the entities count on (schema-check.ts).
 */
export function migrate(config: Config, { check = false } = {}): Promise<string[]> {
  return withDataSource(config, async (source) => {
    const applied = await source.runMigrations();
    if (check) await checkSchema(source, config);
    if (check && !config.production) await checkSearches(source);
    if (check && config.values.NODE_ENV === 'development') await warnOfDrift(source);
    return applied.map(({ name }) => name);
  });
}

/** Runs the work on a connection of its own, outside the application: migrations and commands. */
export async function withDataSource<T>(config: Config, work: (source: DataSource) => Promise<T>): Promise<T> {
  const source = new AerieDataSource(patientOptions(config));
  await source.initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}
