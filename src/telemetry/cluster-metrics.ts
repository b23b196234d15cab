import cluster, { type Worker } from 'node:cluster';
import type { AggregatorRegistry, Registry } from 'prom-client';
import { connectedWorkers, handleRequests, sendRequest } from '../ipc/ipc-requests.js';
import type { Config } from '../config/config.js';
import { Logger } from '../kernel/logging/logger.js';
import { valuesOf, type Values } from './metrics.js';
import { serveMetrics } from './metrics-server.js';
import { LAST_COUNTERS, METRICS, SHARED_GAUGES, type Extent, type WorkerMetrics } from './worker-metrics.js';

/** The interval between polls. If a worker dies, its counts since the last poll are lost. */
const POLL_INTERVAL_MS = 5000;
/**
 * If a worker does not reply within this time, its previous counters are used, and its gauges are left out. A scrape
 * sends up to two requests one after another, and Prometheus waits ten seconds by default.
 */
const TIMEOUT_MS = 2000;

/** Serves the sums over all workers, if METRICS_PORT is set. Runs in the primary process. */
export async function serveClusterMetrics(config: Config): Promise<void> {
  if (config.values.METRICS_PORT === undefined) return;
  const metrics = new ClusterMetrics(await import('prom-client'));
  await serveMetrics(config, new Logger(config), {
    '/metrics': async () => ({ status: 200, type: metrics.contentType, body: await metrics.text() }),
  });
}

/** The sums of the workers' metrics. Counters never decrease, even if workers die, freeze or are replaced. */
export class ClusterMetrics {
  private readonly counters = new Map<number, Values>();
  /** The sums of workers that have exited. */
  private ended: Values = [];
  /** The workers that have begun to serve: those that still start would not reply. */
  private readonly serving = new WeakSet<Worker>();
  /** The gauges that scrapes wait for at this moment. */
  private round: Promise<Values[]> | undefined;
  private readonly registry: Registry;
  private readonly aggregate: typeof AggregatorRegistry.aggregate;

  constructor(prometheus: typeof import('prom-client')) {
    this.aggregate = (values) => prometheus.AggregatorRegistry.aggregate(values);
    this.registry = registryOfPrimary(prometheus);
    handleRequests(LAST_COUNTERS, (counters: Values, from) => void this.counters.set((from as Worker).id, counters));
    // not on `exit`: messages that the worker has sent before may still arrive after it
    cluster.on('disconnect', (worker: Worker) => this.addEnded(worker));
    cluster.on('listening', (worker: Worker) => this.serving.add(worker));
    setInterval(() => {
      if (this.round === undefined) void this.askAll('counters'); // a scrape updates the counters, too
    }, POLL_INTERVAL_MS).unref();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  async text(): Promise<string> {
    const own = [await valuesOf(this.registry, 'counters'), await valuesOf(this.registry, 'gauges')];
    this.round ??= this.gauges().finally(() => (this.round = undefined));
    const gauges = await this.round;
    return this.aggregate([...own, ...this.counters.values(), this.ended, ...gauges]).metrics();
  }

  /** Updates the counters and returns all gauges. The shared ones come from a worker that has just replied. */
  private async gauges(): Promise<Values[]> {
    const replies = await this.askAll('all');
    const responsive = replies.find(({ metrics }) => metrics !== undefined)?.worker;
    const shared = responsive && (await sendRequest<Values>(responsive, SHARED_GAUGES, undefined, TIMEOUT_MS));
    return [...replies.map(({ metrics }) => metrics?.gauges ?? []), shared ?? []];
  }

  /** Updates the counters of all workers that serve, and returns their replies. */
  private askAll(extent: Extent) {
    const workers = connectedWorkers().filter((worker) => this.serving.has(worker));
    return Promise.all(workers.map(async (worker) => ({ worker, metrics: await this.ask(worker, extent) })));
  }

  private async ask(worker: Worker, extent: Extent): Promise<WorkerMetrics | undefined> {
    const metrics = await sendRequest<WorkerMetrics>(worker, METRICS, extent, TIMEOUT_MS);
    if (metrics !== undefined) this.counters.set(worker.id, metrics.counters);
    return metrics;
  }

  private addEnded({ id }: Worker): void {
    const counters = this.counters.get(id) ?? [];
    this.counters.delete(id);
    this.ended = this.aggregate([this.ended, counters]).getMetricsAsArray() as unknown as Values;
  }
}

/** Creates the metrics that only the primary knows. */
function registryOfPrimary({ Counter, Gauge, Registry }: typeof import('prom-client')): Registry {
  const registry = new Registry();
  const living = new Gauge({
    name: 'aerie_workers',
    help: 'Server processes that are running, out of WORKERS.',
    registers: [],
    collect() {
      this.set(connectedWorkers().length);
    },
  });
  const deaths = new Counter({
    name: 'aerie_worker_deaths_total',
    help: 'Server processes that ended abnormally: killed, crashed, or too slow to stop.',
    registers: [],
  });
  registry.registerMetric(living);
  registry.registerMetric(deaths);
  cluster.on('exit', (_, code: number | null) => {
    if (code !== 0) deaths.inc();
  });
  return registry;
}
