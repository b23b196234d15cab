import { loadConfig } from '../config/config.js';
import { announceDatabase, printWarnings } from './announce.js';
import { exitWithError } from './exit-with-error.js';
import { runOnDatabase } from './run-on-database.js';
import { hangUp, isShuttingDown } from './signals.js';

/** Runs jobs until a signal, without serving. */
export async function startJobWorker(): Promise<void> {
  try {
    const config = loadConfig();
    if (!config.readsFiles) hangUp.endProcess();
    printWarnings(config);
    announceDatabase(config);
    await runOnDatabase(config.forWorker(), async () => (await import('./prepare-and-run-jobs.js')).prepareAndRunJobs);
  } catch (error) {
    if (!isShuttingDown()) await exitWithError(error);
  }
}
