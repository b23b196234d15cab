import cluster, { type Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AggregatorRegistry, Registry } from 'prom-client';
import type { Config } from '../kernel/config/config.js';
import { Logger } from '../kernel/logging/logger.js';
import { valuesOf, type Values } from './metrics.js';
import { serveMetrics } from './metrics-server.js';
import { isTold, type Ask } from './worker-metrics.js';

/** What is known of a worker that dies is this old at most. */
const ASK_EVERY_MS = 5000;
/** Of a worker that does not answer in time, what it has told before counts. */
const ANSWER_WITHIN_MS = 4500;

/** In the process that watches over workers: serves the sums over all of them, where METRICS_PORT is set. */
export async function serveCrewMetrics(config: Config): Promise<void> {
  if (config.values.METRICS_PORT === undefined) return;
  const crew = new CrewMetrics(await import('prom-client'));
  await serveMetrics(config, new Logger(config), {
    '/metrics': async () => ({ status: 200, type: crew.contentType, body: await crew.text() }),
  });
}

/** The sums of what workers have measured: counters never fall, whoever of them dies, or is replaced. */
class CrewMetrics {
  private readonly counters = new Map<number, Values>();
  /** Those of the workers that are no more. */
  private gone: Values = [];
  private gauges: Values[] = [];
  /** Whose answers are awaited. */
  private awaited = new Set<number>();
  private answered = () => {};
  private round: Promise<void> = Promise.resolve();
  private readonly registry: Registry;
  private readonly aggregate: typeof AggregatorRegistry.aggregate;

  constructor(prometheus: typeof import('prom-client')) {
    this.aggregate = (values) => prometheus.AggregatorRegistry.aggregate(values);
    this.registry = registryOfCrew(prometheus);
    cluster.on('message', (worker: Worker, message: unknown) => this.hear(worker, message));
    // not at its exit: what it has said before may still be on its way
    cluster.on('disconnect', (worker: Worker) => this.bury(worker));
    setInterval(() => void this.ask('counters'), ASK_EVERY_MS).unref();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  async text(): Promise<string> {
    const own = [await valuesOf(this.registry, 'counters'), await valuesOf(this.registry, 'gauges')];
    await this.ask('all');
    return this.aggregate([...own, ...this.counters.values(), this.gone, ...this.gauges]).metrics();
  }

  /** Asks all workers, one of them also for what is the same for all. One round after the other. */
  private ask(extent: 'counters' | 'all'): Promise<void> {
    this.round = this.askAfter(this.round, extent);
    return this.round;
  }

  private async askAfter(before: Promise<void>, extent: 'counters' | 'all'): Promise<void> {
    await before;
    const asked = connected();
    if (extent === 'all') this.gauges = [];
    this.awaited = new Set(asked.map(({ id }) => id));
    const answered = new Promise<void>((resolve) => (this.answered = resolve));
    for (const worker of asked) {
      const each = extent === 'all' && worker !== asked[0] ? 'own' : extent;
      worker.send({ metrics: 'ask', extent: each } satisfies Ask, (error) => error && this.settle(worker));
    }
    if (asked.length > 0) await Promise.race([answered, sleep(ANSWER_WITHIN_MS, undefined, { ref: false })]);
  }

  private hear(worker: Worker, message: unknown): void {
    if (!isTold(message)) return;
    const { counters, gauges = [], shared = [] } = message;
    this.counters.set(worker.id, counters);
    this.gauges.push(gauges, shared);
    this.settle(worker);
  }

  private bury(worker: Worker): void {
    const counters = this.counters.get(worker.id) ?? [];
    this.counters.delete(worker.id);
    this.gone = this.aggregate([this.gone, counters]).getMetricsAsArray() as unknown as Values;
    this.settle(worker);
  }

  private settle({ id }: Worker): void {
    this.awaited.delete(id);
    if (this.awaited.size === 0) this.answered();
  }
}

function connected(): Worker[] {
  const workers = Object.values(cluster.workers ?? {});
  return workers.filter((worker): worker is Worker => worker?.isConnected() === true);
}

/** What only this process knows. */
function registryOfCrew({ Counter, Gauge, Registry }: typeof import('prom-client')): Registry {
  const registry = new Registry();
  const living = new Gauge({
    name: 'aerie_workers',
    help: 'Processes that serve, of the WORKERS there should be.',
    registers: [],
    collect() {
      this.set(connected().length);
    },
  });
  const deaths = new Counter({
    name: 'aerie_worker_deaths_total',
    help: 'Processes that served and did not end well: killed, crashed, or too slow to stop.',
    registers: [],
  });
  registry.registerMetric(living);
  registry.registerMetric(deaths);
  cluster.on('exit', (_, code: number | null) => {
    if (code !== 0) deaths.inc();
  });
  return registry;
}
