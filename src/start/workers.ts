import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Config } from '../kernel/config/config.js';
import { environmentOfSecrets } from '../kernel/config/config.secrets.js';
import { OperatorError } from '../kernel/errors/operator-error.js';
import { addressOf, listenError } from '../kernel/http/address.js';
import { Logger } from '../kernel/logging/logger.js';
import { serveCrewMetrics } from '../telemetry/crew-metrics.js';
import { endOnSignals, RETIRE, RETIRES_WITHIN_MS, type Ending } from './ending.js';

/** So many deaths in a minute are no accident any more. */
const MAX_DEATHS = 10;
const DEATHS_WINDOW_MS = 60_000;
const MAX_BACKOFF_MS = 5000;
/** Not SIGHUP, which also comes when a terminal is closed. */
const RELOAD = 'SIGUSR2';
/** What a worker gets on top of its time to stop, before it is killed. */
const TO_EXIT_MS = 1000;

/**
 * Runs WORKERS processes on one port and replaces those that die: at once, then with growing pauses; after too many
 * deaths it gives up with exit code 1. On SIGUSR2 they are replaced one by one, each when its successor serves. On a signal
 * to end the workers finish their requests, then `release` is called. Returns the address once every worker serves. Throws an OperatorError when one cannot start, the others stopped.
 */
export async function superviseWorkers(config: Config, release: () => Promise<void>): Promise<string> {
  const { host, values } = config;
  const port = await freePort(host, values.PORT);
  await serveCrewMetrics(config);
  const crew = new Crew(config, {
    ...environmentOfSecrets(values),
    DEMO_DATA: 'false',
    PORT: String(port),
  });
  await crew.start(release);
  return addressOf(host, port);
}

class Crew {
  private readonly logger: Logger;
  private readonly deaths: number[] = [];
  /** Those whose end is expected, and those who have not served yet. */
  private readonly unneeded = new Set<Worker>();
  private isReloading = false;
  private isStopping = false;
  private giveUp: (error: unknown, what: string) => void = () => {};

  constructor(
    private readonly config: Config,
    private readonly env: Readonly<Record<string, string>>,
  ) {
    this.logger = new Logger(config);
  }

  async start(release: () => Promise<void>): Promise<void> {
    cluster.setupPrimary({ exec: fileURLToPath(new URL('../main.js', import.meta.url)), args: [] });
    const first = Array.from({ length: this.config.values.WORKERS }, () => cluster.fork(this.env));
    try {
      await Promise.all(first.map(serving));
    } catch (error) {
      await this.stop('SIGTERM', 0);
      throw error;
    }
    this.giveUp = endOnSignals(this.logger, this.config.preStopMs, async ({ signal, preStopMs, withinMs }) => {
      const finished = await this.stop(signal, preStopMs + withinMs);
      await release();
      return finished;
    });
    cluster.on('exit', (worker) => void this.replace(worker));
    for (const worker of first.filter((one) => one.isDead())) void this.replace(worker);
    process.on(RELOAD, () => void this.reload());
  }

  /** Gives every worker a successor: another build, more memory. None ends before the next one serves. */
  private async reload(): Promise<void> {
    if (this.isReloading) return;
    this.isReloading = true;
    try {
      for (const worker of workers()) await this.succeed(worker);
      this.logger.log('All workers were replaced');
    } catch (error) {
      this.logger.error(error, 'Not all workers could be replaced: the old ones keep running');
    }
    this.isReloading = false;
  }

  private async succeed(worker: Worker): Promise<void> {
    if (this.isStopping || worker.isDead()) return;
    const successor = cluster.fork(this.env);
    this.unneeded.add(successor);
    await serving(successor);
    this.unneeded.delete(successor);
    const surplus = worker.isDead() ? successor : worker; // who died meanwhile has been replaced already
    this.unneeded.add(surplus);
    await endOf(surplus, () => surplus.send(RETIRE), RETIRES_WITHIN_MS + TO_EXIT_MS);
  }

  private async stop(signal: Ending['signal'], withinMs: number): Promise<boolean> {
    this.isStopping = true;
    const codes = await Promise.all(
      workers().map((worker) => endOf(worker, () => worker.process.kill(signal), withinMs + TO_EXIT_MS)),
    );
    return codes.every((code) => code === 0);
  }

  private async replace(worker: Worker): Promise<void> {
    if (this.unneeded.delete(worker) || this.isStopping) return;
    const { pid, exitCode, signalCode } = worker.process;
    const now = Date.now();
    this.deaths.push(now);
    while (this.deaths[0]! < now - DEATHS_WINDOW_MS) this.deaths.shift();
    const { length } = this.deaths;
    const what = `Worker ${pid} died (${signalCode ?? exitCode})`;
    if (length > MAX_DEATHS) return this.giveUp(new Error(`${length} workers died within a minute`), what);
    this.logger.error(`${what}; starting a new one`);
    if (length > 1) await sleep(Math.min(100 * 2 ** (length - 2), MAX_BACKOFF_MS));
    if (!this.isStopping) cluster.fork(this.env);
  }
}

/** The port that the workers will share: tried out here, so that one that is taken is told before any of them starts. */
async function freePort(host: string, wanted: number): Promise<number> {
  const server = createServer();
  try {
    await once(server.listen(wanted, host), 'listening');
    return (server.address() as AddressInfo).port;
  } catch (error) {
    throw listenError(error, host, wanted);
  } finally {
    server.close();
  }
}

function workers(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
}

function serving(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message) => message === 'ready' && resolve());
    worker.once('exit', () => reject(new OperatorError('A worker did not start: see its message above')));
  });
}

/** Tells the worker and waits for the exit code; null for one that had to be killed. */
async function endOf(worker: Worker, tell: () => void, withinMs: number): Promise<number | null> {
  const killer = setTimeout(() => worker.process.kill('SIGKILL'), withinMs);
  const gone = once(worker, 'exit') as Promise<[number | null]>;
  if (!worker.isDead()) tell();
  const [code] = worker.isDead() ? [worker.process.exitCode] : await gone;
  clearTimeout(killer);
  return code;
}
