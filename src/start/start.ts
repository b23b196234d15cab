import cluster from 'node:cluster';
import { loadConfig, type Config } from '../config/config.js';
import { findDatabase } from '../database-setup/find-database.js';
import { announceDatabase, warn } from './announce.js';
import { endOnHangUp, goOn, isEnding, onBreakOff } from './signals.js';

// The modules that serve are loaded with import() while the database starts, since loading them takes longer.

/** Starts this process in its role: the only server, the primary of several workers, or a worker. */
export async function start({ isQuiet = false } = {}): Promise<void> {
  try {
    const config = loadConfig();
    if (cluster.isPrimary && !config.readsFiles) endOnHangUp();
    if (cluster.isPrimary) await startAll(config, isQuiet);
    else await (await import('./serve.js')).serve(config, async () => {});
  } catch (error) {
    if (!isEnding()) await failBy(error);
  }
}

async function startAll(given: Config, isQuiet: boolean): Promise<void> {
  warn(given);
  const isFirst = announceDatabase(given);
  const finding = findDatabase(given, (reason) => void failBy(reason));
  onBreakOff(async () => (await finding).release());
  const loading = import('./serve-from.js');
  const database = await finding;
  await goOn();
  try {
    if (isFirst) process.stdout.write('Creating its tables and the demo data…\n');
    const { serveFrom } = await loading;
    await serveFrom(database, isQuiet);
  } catch (error) {
    // if the process is ending, its `stop` releases the database after the workers have ended
    await goOn();
    await database.release();
    throw error;
  }
}

async function failBy(error: unknown): Promise<never> {
  const { fail } = await import('./fail.js');
  return fail(error);
}
