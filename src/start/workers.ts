import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { relaySiblingRequests } from '../ipc/siblings.js';
import type { Config } from '../config/config.js';
import { environmentOfFiles } from '../config/config.files.js';
import { OperatorError } from '../config/operator-error.js';
import { listenError } from '../config/server-address.js';
import { Logger } from '../kernel/logging/logger.js';
import { serveClusterMetrics } from '../telemetry/cluster-metrics.js';
import { shutDownOnSignals, READY, RETIRE, RETIRED_STOP_TIMEOUT_MS } from './shutdown.js';
import { reloadSecretsOnHangUp } from './keys.js';
import { lowerPriority } from './priority.js';
import { RestartPauses } from './restart-pauses.js';
import { haltIfShuttingDown, reload, type ShutdownOptions } from './signals.js';
import { WorkerKeys } from './worker-keys.js';

/** The time that a worker has to exit in addition to its time to stop, before it is killed. */
const TO_EXIT_MS = 1000;

/**
 * Runs WORKERS processes on one port. Replaces workers that die: the first at once, the next after growing pauses.
 * After too many deaths it ends with exit code 1. If a new worker does not start while others serve, it tries again
 * without limit: the build on disk may need a migration that is not applied yet. On SIGUSR2 it replaces all workers one
 * by one: each ends when its successor serves. On SIGTERM or SIGINT the workers finish their requests, then `release` is
 * called. Resolves when every worker serves. Throws an OperatorError if one cannot start, after stopping the others.
 */
export async function superviseWorkers(config: Config, release: () => Promise<void>): Promise<void> {
  const { host, values } = config;
  config.changePort(await freePort(host, values.PORT));
  await haltIfShuttingDown();
  await serveClusterMetrics(config);
  relaySiblingRequests();
  const supervisor = new WorkerSupervisor(config, {
    ...environmentOfFiles(values),
    DEMO_DATA: 'false',
    PORT: String(values.PORT),
  });
  await supervisor.start(release);
}

class WorkerSupervisor {
  private readonly logger: Logger;
  private readonly keys: WorkerKeys;
  private readonly pauses = new RestartPauses();
  /** Ends the current pauses after failed starts. */
  private pauseAbort = new AbortController();
  /** Workers whose end is expected, and successors that do not serve yet. They are not replaced when they end. */
  private readonly unneeded = new Set<Worker>();
  private readonly served = new WeakSet<Worker>();
  private isReloading = false;
  private isReloadDue = false;
  private isStopping = false;
  private giveUp: (error: unknown, what: string) => void = () => {};

  constructor(
    private readonly config: Config,
    private env: Readonly<Record<string, string>>,
  ) {
    this.logger = new Logger(config);
    this.keys = new WorkerKeys(config);
  }

  async start(release: () => Promise<void>): Promise<void> {
    cluster.setupPrimary({ exec: fileURLToPath(new URL('./cluster-worker.js', import.meta.url)), args: [] });
    this.giveUp = shutDownOnSignals(
      this.logger,
      this.config.preStopMs,
      async ({ signal, preStopMs, stopTimeoutMs }) => {
        const finished = await this.stop(signal, preStopMs + stopTimeoutMs);
        await release();
        return finished;
      },
    );
    const first = Array.from({ length: this.config.values.WORKERS }, () => cluster.fork(this.env));
    try {
      await Promise.all(first.map((worker) => this.serving(worker)));
    } catch (error) {
      if (!this.isStopping) await this.stop('SIGTERM', 0);
      throw error;
    }
    cluster.on('exit', (worker) => void this.replace(worker));
    for (const worker of first.filter((one) => one.isDead())) void this.replace(worker);
    reload.handle(() => void this.reload());
    reloadSecretsOnHangUp(this.config, this.logger, {
      apply: (newConfig) =>
        this.keys.change(newConfig, () => (this.env = { ...this.env, ...environmentOfFiles(newConfig.values) })),
      others: `by workers that start from now on; SIGUSR2 replaces the running ones`,
    });
  }

  /** Replaces every worker, for example to run another build. If called meanwhile, replaces all once more. */
  private async reload(): Promise<void> {
    this.isReloadDue = true;
    if (this.isReloading) return;
    this.isReloading = true;
    while (this.isReloadDue && !this.isStopping) {
      this.isReloadDue = false;
      await this.replaceAll();
    }
    this.isReloading = false;
  }

  /** Each worker ends only when its successor serves. */
  private async replaceAll(): Promise<void> {
    this.endPauses();
    try {
      for (const worker of workers()) await this.replaceBySuccessor(worker);
      this.logger.log('All workers were replaced');
    } catch (error) {
      if (!this.isStopping) {
        this.logger.error(error, 'Not all workers could be replaced: the old ones keep running');
      }
    }
  }

  /** Starts workers that wait because others did not start: the reason may be gone. */
  private endPauses(): void {
    this.pauseAbort.abort();
    this.pauseAbort = new AbortController();
  }

  private async replaceBySuccessor(worker: Worker): Promise<void> {
    if (this.isStopping || worker.isDead()) return;
    const successor = cluster.fork(this.env);
    this.unneeded.add(successor);
    const raise = lowerPriority(successor.process.pid!);
    await this.serving(successor);
    raise();
    this.unneeded.delete(successor);
    const surplus = worker.isDead() ? successor : worker; // a worker that died meanwhile has been replaced already
    this.unneeded.add(surplus);
    await endOf(surplus, () => retire(surplus), RETIRED_STOP_TIMEOUT_MS + TO_EXIT_MS);
  }

  private async stop(signal: ShutdownOptions['signal'], withinMs: number): Promise<boolean> {
    this.isStopping = true;
    const ends = workers().map(async (worker) => {
      const code = await endOf(worker, () => worker.process.kill(signal), withinMs + TO_EXIT_MS);
      return code === 0 || !this.served.has(worker); // a worker that is still starting has nothing to finish
    });
    return (await Promise.all(ends)).every(Boolean);
  }

  private serving(worker: Worker): Promise<void> {
    return new Promise((resolve, reject) => {
      onceMessage(worker, READY, () => {
        this.served.add(worker);
        this.keys.onServing(worker);
        this.pauses.started();
        this.endPauses();
        resolve();
      });
      worker.once('exit', () => reject(new OperatorError('A worker did not start: see its message above')));
    });
  }

  private async replace(worker: Worker): Promise<void> {
    if (this.unneeded.delete(worker) || this.isStopping) return;
    const serving = workers().filter((one) => this.served.has(one) && !one.isDead()).length;
    if (serving > 0 && !this.served.has(worker)) {
      await sleep(this.countFailedStart(serving), undefined, { signal: this.pauseAbort.signal }).catch(() => {});
    } else await sleep(this.countDeath(worker));
    if (!this.isStopping) void this.serving(cluster.fork(this.env)).catch(() => {}); // its exit event replaces it
  }

  /** Reports a worker that did not start while others serve. Returns how long to wait before the next attempt. */
  private countFailedStart(serving: number): number {
    const pause = this.pauses.afterFailedStart();
    this.logger.error(
      `A new worker did not start: see its message above. ${serving} of ${this.config.values.WORKERS} workers serve. ` +
        `The next attempt is in ${pause / 1000} s. If the new build has a migration that is not applied, ` +
        'run "npm run migrate", then send SIGUSR2',
    );
    return pause;
  }

  /** Reports a worker that died. Returns how long to wait before a new one starts. Ends the process after too many. */
  private countDeath({ process: { pid, exitCode, signalCode } }: Worker): number {
    const pause = this.pauses.afterDeath();
    const what = `Worker ${pid} died (${signalCode ?? exitCode})`;
    if (pause !== undefined) this.logger.error(`${what}; starting a new one`);
    else this.giveUp(new Error(`${this.pauses.recentDeaths} workers died within a minute`), what);
    return pause ?? 0;
  }
}

/**
 * Returns the port that the workers will share. Tries to listen on it, so that a port in use is reported before any
 * worker starts.
 */
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

function onceMessage(worker: Worker, what: string, done: () => void): void {
  const hear = (message: unknown) => {
    if (message !== what) return;
    worker.off('message', hear);
    done();
  };
  worker.on('message', hear);
}

/** Tells a worker that it has a successor. One that dies at this moment cannot be told: that error is ignored. */
function retire(worker: Worker): void {
  worker.send(RETIRE, undefined, undefined, () => {});
}

/** Calls `tell` and waits for the worker's exit code. Returns null for a worker that had to be killed. */
async function endOf(worker: Worker, tell: () => void, withinMs: number): Promise<number | null> {
  const killer = setTimeout(() => worker.process.kill('SIGKILL'), withinMs);
  const gone = once(worker, 'exit') as Promise<[number | null]>;
  if (!worker.isDead()) tell();
  const [code] = worker.isDead() ? [worker.process.exitCode] : await gone;
  clearTimeout(killer);
  return code;
}
