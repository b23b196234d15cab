import type { Database } from '../database-setup/find-database.js';
import { prepare } from '../prepare.js';
import { announce, announceAdmin, announceStep } from './announce.js';
import { compareSchema } from './compare-schema.js';
import { READY } from './shutdown.js';
import { serve } from './serve.js';
import { haltIfShuttingDown } from './signals.js';
import { superviseWorkers } from './workers.js';

/** Prepares the database, starts to serve, and prints the URLs. */
export async function prepareAndServe(database: Database, isQuiet: boolean): Promise<void> {
  const { config, embedded } = database;
  const admin = await prepare(config, announceStep);
  const tellAdmin = () => admin && announceAdmin(admin);
  // the password is printed even if the port is in use or a signal arrives, since it cannot be shown later
  process.once('exit', tellAdmin);
  await haltIfShuttingDown();
  const run = config.values.WORKERS > 1 ? superviseWorkers : serve;
  await run(config, () => database.release());
  await haltIfShuttingDown();
  if (!isQuiet) announce({ config, embedded });
  if (config.values.WORKERS > 1) process.send?.(READY); // with one worker, serve() sends it
  process.off('exit', tellAdmin);
  tellAdmin();
  await compareSchema(config);
}
