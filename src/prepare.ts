import type { DataSource } from 'typeorm';
import { migrateJobs } from './jobs/queue.js';
import type { Config } from './config/config.js';
import { checkConnectionBudget } from './database-setup/connection-budget.js';
import { migrate, withMigrationLock, type MigrateOptions } from './database-setup/migrate.js';
import type { Tell } from './database-setup/migration-runner.js';
import { migrationOptions, withDataSource } from './database-setup/setup-connections.js';
import { addDemoData, type Admin } from './seed/demo-data.js';
import { User } from './users/user.entity.js';

/**
 * Prepares the database for serving: checks the connection limit, applies the migrations, checks that the schema has
 * what the entities need, and adds demo data if enabled and the database is empty. If several processes start at the
 * same time, one does this and the others wait. Calls `tell` before each step that takes a while. Returns the new admin
 * if it created one.
 */
export function prepare(config: Config, tell?: Tell): Promise<Admin | undefined> {
  return withMigrationLock(config, async (client) => {
    await checkConnectionBudget(config, client);
    const needsDemoData = await withDataSource(
      config,
      async (source) => {
        await migrateAll(source, config, { check: true, tell });
        return config.demoData && !(await source.manager.exists(User));
      },
      migrationOptions(config),
    );
    return needsDemoData ? withDataSource(config, ({ manager }) => addDemoData(manager, config, tell)) : undefined;
  });
}

/**
 * Prepares only the schema: for the worker, and without `check` (also of the connection limit) for `aerie migrate`.
 * Returns the names of the migrations that it applied.
 */
export function prepareSchema(config: Config, options: MigrateOptions = {}): Promise<string[]> {
  return withMigrationLock(config, async (client) => {
    if (options.check) await checkConnectionBudget(config, client);
    return withDataSource(config, (source) => migrateAll(source, config, options), migrationOptions(config));
  });
}

async function migrateAll(source: DataSource, config: Config, options: MigrateOptions): Promise<string[]> {
  const applied = await migrate(source, config, options);
  await migrateJobs(config);
  return applied;
}
