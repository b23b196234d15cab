import type { Config } from '../kernel/config/config.js';
import { withMigrationLock, migrateDown, requireDatabase, withDataSource } from '../kernel/database/migrate.js';
import { migrationStates, plannedStatements } from '../kernel/database/migrations.js';
import { prepareSchema } from '../prepare.js';
import { run } from './run.js';

const USAGE = {
  call: 'npm run migrate [-- --status | --dry-run | --down N]',
  about: 'Applies the migrations that the database lacks.',
  positionals: [],
  options: {
    status: { about: 'lists the migrations, and which are applied; changes nothing' },
    'dry-run': { about: 'prints the statements of those that are not; changes nothing' },
    down: { about: 'undoes the last N of them', value: 'N', pattern: /^[1-9]\d{0,3}$/ },
  },
  exclusive: true,
} as const;

await run(USAGE, async (config, { options }) => {
  if (options.status) return status(config);
  if (options['dry-run']) return dryRun(config);
  if (options.down !== undefined) return down(config, Number(options.down));
  const applied = await prepareSchema(config);
  const count = await withDataSource(config, async (source) => (await migrationStates(source)).length);
  return [...applied.map((name) => `Applied ${name}`), `The database is up to date: ${count} migration(s)`].join('\n');
});

async function status(config: Config): Promise<string> {
  await requireDatabase(config);
  const states = await withDataSource(config, migrationStates);
  const pending = states.filter(({ state }) => state === 'pending').length;
  const lines = states.map(({ name, state }) => `${state.padEnd(8)} ${name}`);
  return [...lines, `${pending} of ${states.length} migration(s) pending`].join('\n');
}

async function dryRun(config: Config): Promise<string> {
  await requireDatabase(config);
  const planned = await withDataSource(config, plannedStatements);
  if (planned.length === 0) return 'The database is up to date: nothing to run';
  return planned
    .map(({ name, statements }) =>
      [`-- ${name}`, ...statements.map((one) => (one.startsWith('--') ? one : `${one};`))].join('\n'),
    )
    .join('\n\n');
}

async function down(config: Config, count: number): Promise<string> {
  const undone = await withMigrationLock(config, () => migrateDown(config, count));
  return undone.length === 0
    ? 'No migration is applied: nothing to undo'
    : undone.map((name) => `Undone ${name}`).join('\n');
}
