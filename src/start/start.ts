import cluster from 'node:cluster';
import { ConfigurationError, loadConfig, type Config } from '../config/config.js';
import { announceDatabase, printWarnings } from './announce.js';
import { exitWithError } from './exit-with-error.js';
import { runOnDatabase } from './run-on-database.js';
import { hangUp, isShuttingDown } from './signals.js';

/** Starts this process in its role: the only server, the primary of several workers, or a worker. */
export async function start({ isQuiet = false } = {}): Promise<void> {
  try {
    const config = loadConfig();
    if (cluster.isPrimary && !config.readsFiles) hangUp.endProcess();
    if (cluster.isPrimary) await startAll(config, isQuiet);
    else await (await import('./serve.js')).serve(config, async () => {});
  } catch (error) {
    if (!isShuttingDown()) await exitWithError(error);
  }
}

async function startAll(config: Config, isQuiet: boolean): Promise<void> {
  printWarnings(config);
  assertTwoPorts(config);
  announceDatabase(config);
  await runOnDatabase(config, async () => {
    const { prepareAndServe } = await import('./prepare-and-serve.js');
    return (database) => prepareAndServe(database, isQuiet);
  });
}

/** Throws a ConfigurationError if the API and the metrics have the same address: one would find the port in use. */
function assertTwoPorts({ host, values: { PORT, METRICS_PORT, METRICS_HOST } }: Config): void {
  if (METRICS_PORT !== PORT) return;
  const hosts = [host, METRICS_HOST];
  const isAllIpv4 = hosts.includes('0.0.0.0') && !hosts.some((one) => one.includes(':'));
  const overlap = host === METRICS_HOST || hosts.includes('::') || isAllIpv4;
  if (overlap) throw new ConfigurationError(['METRICS_PORT must differ from PORT']);
}
