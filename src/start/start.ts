import cluster from 'node:cluster';
import { loadConfig, type Config } from '../kernel/config/config.js';
import { findDatabase, type Database } from '../kernel/database/find-database.js';
import { prepare } from '../prepare.js';
import { announce, announceAdmin, warn } from './announce.js';
import { fail } from './fail.js';
import { serve } from './serve.js';
import { endOnHangUp, goOn, isEnding, onBreakOff } from './signals.js';
import { superviseWorkers } from './workers.js';

/** Starts what this process is to be: the one that serves, the one that watches over workers, or a worker. */
export async function start(): Promise<void> {
  try {
    const config = loadConfig();
    if (cluster.isPrimary && !config.readsFiles) endOnHangUp();
    if (cluster.isWorker) await serve(config, async () => {});
    else await startAll(config);
  } catch (error) {
    if (!isEnding()) fail(error);
  }
}

async function startAll(given: Config): Promise<void> {
  warn(given);
  const finding = findDatabase(given, fail);
  onBreakOff(async () => (await finding).release());
  const database = await finding;
  await goOn();
  try {
    await serveFrom(database);
  } catch (error) {
    await goOn(); // whoever ends the process gives it back, when the workers are gone
    await database.release();
    throw error;
  }
}

/** Makes the database ready, serves, and says where. */
async function serveFrom(database: Database): Promise<void> {
  const { config, embedded } = database;
  const admin = await prepare(config);
  const tellAdmin = () => admin && announceAdmin(admin);
  process.once('exit', tellAdmin); // there is no second time, even if the port is taken or a signal comes
  await goOn();
  const run = config.values.WORKERS > 1 ? superviseWorkers : serve;
  const address = await run(config, () => database.release());
  await goOn();
  announce({ config, embedded, address });
  process.off('exit', tellAdmin);
  tellAdmin();
}
