import cluster from 'node:cluster';
import { ConfigurationError, loadConfig, type Config } from '../kernel/config.js';
import { findDatabase } from '../kernel/database/find-database.js';
import { prepare } from '../prepare.js';
import { announce } from './announce.js';
import { serve } from './serve.js';
import { superviseWorkers } from './workers.js';

/** Starts what this process is to be: the one that serves, the one that watches over workers, or a worker. */
export async function start(began: number): Promise<void> {
  try {
    const config = loadConfig();
    if (cluster.isWorker) await serve(config, async () => {});
    else await startAll(config, began);
  } catch (error) {
    // only a sentence for mistakes that the operator can mend; a stack for those that we made
    const expected = error instanceof ConfigurationError || (error instanceof Error && 'code' in error);
    console.error(expected ? (error as Error).message : error);
    process.exit(1);
  }
}

/** Finds the database, makes it ready, serves, and says where. */
async function startAll(given: Config, began: number): Promise<void> {
  const database = await findDatabase(given);
  const { config } = database;
  const admin = await prepare(config);
  const { WORKERS } = config.values;
  const run = WORKERS > 1 ? superviseWorkers : serve;
  const address = await run(config, () => database.release());
  announce({ config, address, admin, embedded: database.embedded, ms: performance.now() - began });
}
