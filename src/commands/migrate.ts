import type { Config } from '../config/config.js';
import { withMigrationLock, migrateDown, requireDatabase } from '../database-setup/migrate.js';
import { withDataSource } from '../database-setup/setup-connections.js';
import { migrationStates, plannedStatements } from '../database-setup/migration-runner.js';
import { prepareSchema } from '../prepare.js';
import { announceStep } from '../start/announce.js';
import { onDatabase } from './on-database.js';

interface MigrateOptions {
  readonly status?: true;
  readonly dryRun?: true;
  readonly down?: number;
}

/** Applies the pending migrations, lists all, prints the statements of pending ones, or undoes the last ones. */
export function migrate({ status, dryRun, down }: MigrateOptions): Promise<void> {
  if (status) return onDatabase(list);
  if (dryRun) return onDatabase(plan);
  if (down !== undefined) return onDatabase((config) => undo(config, down));
  return onDatabase(apply, { mayCreate: true });
}

async function apply(config: Config): Promise<string> {
  const applied = await prepareSchema(config, { tell: announceStep });
  const count = await withDataSource(config, async (source) => (await migrationStates(source)).length);
  return [...applied.map((name) => `Applied ${name}`), `The database is up to date: ${count} migration(s)`].join('\n');
}

async function list(config: Config): Promise<string> {
  await requireDatabase(config);
  const states = await withDataSource(config, migrationStates);
  const pending = states.filter(({ state }) => state === 'pending').length;
  const lines = states.map(({ name, state }) => `${state.padEnd(8)} ${name}`);
  return [...lines, `${pending} of ${states.length} migration(s) pending`].join('\n');
}

async function plan(config: Config): Promise<string> {
  await requireDatabase(config);
  const planned = await withDataSource(config, plannedStatements);
  if (planned.length === 0) return 'The database is up to date: nothing to run';
  return planned
    .map(({ name, statements }) =>
      [`-- ${name}`, ...statements.map((one) => (one.startsWith('--') ? one : `${one};`))].join('\n'),
    )
    .join('\n\n');
}

async function undo(config: Config, count: number): Promise<string> {
  const undone = await withMigrationLock(config, () => migrateDown(config, count));
  return undone.length === 0
    ? 'No migration is applied: nothing to revert'
    : undone.map((name) => `Reverted ${name}`).join('\n');
}
