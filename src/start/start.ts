import cluster from 'node:cluster';
import { lookup } from 'node:dns/promises';
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
  await assertTwoPorts(config);
  announceDatabase(config);
  await runOnDatabase(config, async () => {
    const { prepareAndServe } = await import('./prepare-and-serve.js');
    return (database) => prepareAndServe(database, isQuiet);
  });
}

/** Throws a ConfigurationError if the API and the metrics have the same address: one would find the port in use. */
async function assertTwoPorts({ host, values: { PORT, METRICS_PORT, METRICS_HOST } }: Config): Promise<void> {
  if (METRICS_PORT !== PORT) return;
  const [api, metrics] = await Promise.all([resolved(host), resolved(METRICS_HOST)]);
  const hosts = [api, metrics];
  const isAllIpv4 = hosts.includes('0.0.0.0') && !hosts.some((one) => one.includes(':'));
  const overlap = api === metrics || hosts.includes('::') || isAllIpv4;
  if (overlap) throw new ConfigurationError(['METRICS_PORT must differ from PORT']);
}

/** Returns the address of a host, such as 127.0.0.1 for localhost. An unknown name stays: listening reports it. */
function resolved(host: string): Promise<string> {
  return lookup(host).then(
    ({ address }) => address,
    () => host,
  );
}
