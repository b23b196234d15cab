import { migrateJobs } from './jobs/queue.js';
import type { Config } from './kernel/config/config.js';
import { checkConnections } from './kernel/database/connection-budget.js';
import { alone, migrate, withDataSource } from './kernel/database/migrate.js';
import { addDemoData, type Admin } from './seed/demo-data.js';

/**
 * Makes the database ready to serve: its schema, and demo rows where they are wanted and nothing is there. Several
 * processes may start at once: one does it, the others wait. Returns the admin that was made, once.
 */
export function prepare(config: Config): Promise<Admin | undefined> {
  return alone(config, async () => {
    await checkConnections(config);
    await migrateAll(config);
    return config.demoData ? withDataSource(config, ({ manager }) => addDemoData(manager, config)) : undefined;
  });
}

/** Makes only the schema ready, for the commands. */
export function prepareSchema(config: Config): Promise<void> {
  return alone(config, () => migrateAll(config));
}

async function migrateAll(config: Config): Promise<void> {
  await migrate(config);
  await migrateJobs(config);
}
