import pg from 'pg';
import { verifyTrail, type Verdict } from '../audit/verify.js';
import { migrateJobs } from '../jobs/queue.js';
import type { Config } from '../config/config.js';
import { withDataSource } from '../database-setup/setup-connections.js';
import { openClient } from '../kernel/database/session-settings.js';
import { OperatorError } from '../config/operator-error.js';
import type { Origin } from './backup-file.js';
import { loadBackup, type Loaded } from './load-backup.js';
import { readBackup } from './read-backup.js';

/** The database that is loaded, before it replaces the one in use. */
const DRAFT = 'aerie_restore';
const FORMER = 'aerie_before_restore';

export interface Restored extends Loaded {
  readonly verdict: Verdict;
}

/** Reads the file to its end, where its hash is. Returns its origin. Throws an OperatorError if it is damaged. */
export async function readOrigin(file: string): Promise<Origin> {
  let origin: Origin | undefined;
  for await (const part of readBackup(file)) if ('aerie_backup' in part) origin = part;
  return origin!;
}

/**
 * Replaces the embedded database with a backup, whose `origin` is from `readOrigin`. The file is loaded into a new
 * database, whose audit trail is verified. Only then does that database replace the one in use, in one transaction. If
 * anything is wrong, throws an OperatorError and changes nothing.
 */
export async function restoreBackup(
  config: Config,
  file: string,
  origin: Origin,
  { replace }: { replace: boolean },
): Promise<Restored> {
  const admin = new pg.Client({ connectionString: urlOf(config, 'postgres'), application_name: 'aerie-restore' });
  await openClient(admin);
  try {
    const name = databaseOf(config);
    await assertFree(admin, name);
    if (!replace) await assertUnused(config);
    const restored = await restoreInto(config.withDatabase(urlOf(config, DRAFT)), admin, file, origin);
    await assertFree(admin, name);
    await admin.query(`drop database if exists ${FORMER}`); // left by a restore that was killed at its end
    await admin.query(
      `begin; alter database ${name} rename to ${FORMER}; alter database ${DRAFT} rename to ${name}; commit`,
    );
    await admin.query(`drop database ${FORMER}`);
    return restored;
  } finally {
    await admin.query('rollback');
    await admin.query(`drop database if exists ${DRAFT} with (force)`);
    await admin.end();
  }
}

async function restoreInto(config: Config, admin: pg.Client, file: string, origin: Origin): Promise<Restored> {
  await admin.query(`drop database if exists ${DRAFT} with (force)`);
  await admin.query(`create database ${DRAFT}`);
  await migrateTo(config, origin);
  await migrateJobs(config);
  await assertQueue(config, origin);
  const loaded = await loadBackup(config.databaseUrl, readBackup(file));
  const verdict = await withDataSource(config, ({ manager }) => verifyTrail(manager, origin.heads));
  const { broken, lost } = verdict;
  if (broken !== undefined) throw new OperatorError(`The audit trail of the backup is broken: ${broken}`);
  if (lost.length > 0)
    throw new OperatorError(`The audit trail of the backup does not contain its recorded head: ${lost.join()}`);
  await withDataSource(config, (source) => source.runMigrations()); // migrations that are newer than the backup
  return { ...loaded, verdict };
}

/**
 * Creates the schema of the backup: applies only the migrations that it had. Throws an OperatorError if one is unknown.
 */
function migrateTo(config: Config, { migrations, release }: Origin): Promise<unknown> {
  return withDataSource(config, (source) => {
    const known = new Map(source.migrations.map((one) => [one.name ?? one.constructor.name, one]));
    const unknown = migrations.filter((name) => !known.has(name));
    if (unknown.length > 0) {
      throw new OperatorError(
        `The backup was made by Aerie ${release}, whose migration ${unknown[0]} this build does not have`,
      );
    }
    source.migrations.splice(0, Infinity, ...migrations.map((name) => known.get(name)!));
    return source.runMigrations();
  });
}

async function assertQueue(config: Config, { queue, release }: Origin): Promise<void> {
  const [found] = await withDataSource(config, (source) =>
    source.query<[{ version: number }]>('select version from pgboss.version'),
  );
  if (found.version === queue) return;
  throw new OperatorError(
    `The backup has version ${queue} of the job queue, but this release has version ${found.version}: restore with Aerie ${release}, then upgrade`,
  );
}

/** Throws an OperatorError if the database has connections. */
async function assertFree(admin: pg.Client, name: string): Promise<void> {
  const { rowCount } = await admin.query(
    `select from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
    [name],
  );
  if (rowCount! > 0) throw new OperatorError('The database is in use: stop Aerie and its workers first');
}

async function assertUnused(config: Config): Promise<void> {
  const isUsed = await withDataSource(config, async (source) => {
    const [{ users }] = await source.query<[{ users: string | null }]>(`select to_regclass('public.users') as users`);
    return users !== null && (await source.query<object[]>('select from users limit 1')).length > 0;
  });
  if (isUsed) throw new OperatorError('The database has accounts: add --replace to delete its data');
}

const databaseOf = (config: Config): string => new URL(config.databaseUrl).pathname.slice(1);

function urlOf(config: Config, database: string): string {
  return Object.assign(new URL(config.databaseUrl), { pathname: `/${database}` }).href;
}
