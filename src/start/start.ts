import cluster from 'node:cluster';
import { loadConfig, type Config } from '../kernel/config/config.js';
import { findDatabase, type Database } from '../kernel/database/find-database.js';
import { prepare } from '../prepare.js';
import { announce, announceAdmin, warn } from './announce.js';
import { fail } from './fail.js';
import { serve } from './serve.js';
import { superviseWorkers } from './workers.js';

/** Starts what this process is to be: the one that serves, the one that watches over workers, or a worker. */
export async function start(): Promise<void> {
  try {
    const config = loadConfig();
    if (cluster.isWorker) await serve(config, async () => {});
    else await startAll(config);
  } catch (error) {
    fail(error);
  }
}

async function startAll(given: Config): Promise<void> {
  warn(given);
  const database = await findDatabase(given, fail);
  try {
    await serveFrom(database);
  } catch (error) {
    await database.release();
    throw error;
  }
}

/** Makes the database ready, serves, and says where. */
async function serveFrom(database: Database): Promise<void> {
  const { config, embedded } = database;
  const admin = await prepare(config);
  const run = config.values.WORKERS > 1 ? superviseWorkers : serve;
  try {
    announce({ config, embedded, address: await run(config, () => database.release()) });
  } finally {
    if (admin) announceAdmin(admin); // there is no second time, even if the port is taken
  }
}
