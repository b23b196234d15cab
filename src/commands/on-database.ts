import { completeConfig, readSettings, type Config } from '../config/config.js';
import { findDatabase, requireEmbedded } from '../database-setup/find-database.js';
import { announceDatabase, printWarnings } from '../start/announce.js';
import { exitWithError } from '../start/exit-with-error.js';

interface Needs {
  /** Whether to create the embedded database if there is none. Otherwise a missing database is an error. */
  readonly mayCreate?: boolean;
  /** Runs before everything else. Throws if the settings are unsuitable. */
  readonly check?: (settings: Config) => void | Promise<void>;
}

/** Runs a command on the application's database, and prints what it returns. */
export async function onDatabase(work: (config: Config) => Promise<string>, needs: Needs = {}): Promise<void> {
  const settings = readSettings();
  printWarnings(settings);
  await needs.check?.(settings);
  if (!needs.mayCreate) requireEmbedded(settings);
  const config = completeConfig(settings);
  announceDatabase(config);
  const database = await findDatabase(config, (reason) => void exitWithError(reason));
  try {
    console.log(await work(database.config));
  } finally {
    await database.release();
  }
}
