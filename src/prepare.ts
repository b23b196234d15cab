import { migrateJobs } from './jobs/queue.js';
import type { Config } from './kernel/config/config.js';
import { checkConnectionBudget } from './kernel/database/connection-budget.js';
import { withMigrationLock, migrate, withDataSource } from './kernel/database/migrate.js';
import { addDemoData, type Admin } from './seed/demo-data.js';

/**
 * Makes the database ready to serve: its schema, which must be what the entities count on, and demo rows where they are wanted and nothing is there. Several
 * processes may start at once: one does it, the others wait. Returns the admin that was made, once.
 */
export function prepare(config: Config): Promise<Admin | undefined> {
  return withMigrationLock(config, async () => {
    await checkConnectionBudget(config);
    await migrateAll(config, { check: true });
    return config.demoData ? withDataSource(config, ({ manager }) => addDemoData(manager, config)) : undefined;
  });
}

/** Makes only the schema ready: for the worker, and, unchecked, for the command that does nothing else. Returns the names of the migrations that it applied. */
export function prepareSchema(config: Config, options = { check: false }): Promise<string[]> {
  return withMigrationLock(config, () => migrateAll(config, options));
}

async function migrateAll(config: Config, options: { check: boolean }): Promise<string[]> {
  const applied = await migrate(config, options);
  await migrateJobs(config);
  return applied;
}
