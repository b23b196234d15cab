import { setImmediate } from 'node:timers/promises';
import type { Config } from '../config/config.js';
import { findDatabase, type Database } from '../database-setup/find-database.js';
import { useCompileCache } from './compile-cache.js';
import { exitWithError } from './exit-with-error.js';
import { haltIfShuttingDown, onStartAborted } from './signals.js';

/**
 * Finds the database and runs a program on it, which is loaded while the database starts, since that takes longer.
 * Releases the database if the program throws.
 */
export async function runOnDatabase(
  config: Config,
  load: () => Promise<(database: Database) => Promise<void>>,
): Promise<void> {
  const finding = findDatabase(config, (reason) => void exitWithError(reason));
  onStartAborted(async () => (await finding).release());
  if (!config.production) useCompileCache();
  // not at once: an import blocks until it has read all its modules, and the database's process would start after it
  const loading = setImmediate().then(load);
  const database = await finding;
  await haltIfShuttingDown();
  try {
    const run = await loading;
    await run(database);
  } catch (error) {
    // if the process is ending, its `stop` releases the database after the workers have ended
    await haltIfShuttingDown();
    await database.release();
    throw error;
  }
}
