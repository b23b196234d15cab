import type { Config } from '../config/config.js';
import { findDatabase, type Database } from '../database-setup/find-database.js';
import { fail } from './fail.js';
import { goOn, onBreakOff } from './signals.js';

/**
 * Finds the database and runs a program on it, which is loaded while the database starts, since that takes longer.
 * Releases the database if the program throws.
 */
export async function runOnDatabase(
  config: Config,
  load: () => Promise<(database: Database) => Promise<void>>,
): Promise<void> {
  const finding = findDatabase(config, (reason) => void fail(reason));
  onBreakOff(async () => (await finding).release());
  const loading = load();
  const database = await finding;
  await goOn();
  try {
    const run = await loading;
    await run(database);
  } catch (error) {
    // if the process is ending, its `stop` releases the database after the workers have ended
    await goOn();
    await database.release();
    throw error;
  }
}
