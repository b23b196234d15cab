import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client';
import { instruments, type Gauge } from '../kernel/common/instruments.js';
import { RELEASE } from '../kernel/common/release.js';
import type { Logger } from '../kernel/logging/logger.js';

/** Metrics with their values, as one process hands them to another. */
export type Values = MetricObjectWithValues<MetricValue<string>>[];

const EVENT_LOOP_SAMPLE_MS = 20;

/** Of prom-client's own: gauges that are called like counters, and lists of what Node has no public way to tell. */
const UNWANTED = ['resources', 'handles', 'requests'].flatMap((what) => [
  `nodejs_active_${what}`,
  `nodejs_active_${what}_total`,
]);

/** What this process measures. */
export interface Metrics {
  /** Of this process alone. */
  readonly own: Registry;
  /** What every process would read from the database. */
  readonly shared: Registry;
}

/**
 * Hears all instruments from now on. prom-client is loaded for it: a process that nobody asks for metrics does without.
 * Beside ours there are prom-client's own of Node and the process.
 */
export async function openMetrics(logger: Logger): Promise<Metrics> {
  const prometheus = await import('prom-client');
  const [own, shared] = [new prometheus.Registry(), new prometheus.Registry()];
  prometheus.collectDefaultMetrics({ register: own, eventLoopMonitoringPrecision: EVENT_LOOP_SAMPLE_MS });
  for (const name of UNWANTED) own.removeSingleMetric(name);
  const registers = [own];
  for (const instrument of instruments.counters) {
    const { name, help, labels = [], initialSeries = [] } = instrument.description;
    const counter = new prometheus.Counter({ name, help, labelNames: [...labels], registers });
    for (const labels of initialSeries) counter.inc(labels, 0);
    instrument.record = (values, by) => counter.inc(values, by);
  }
  for (const instrument of instruments.histograms) {
    const { name, help, labels = [], buckets } = instrument.description;
    const options = { name, help, labelNames: [...labels], buckets: [...buckets], registers };
    const histogram = new prometheus.Histogram(options);
    instrument.record = (values, seconds) => histogram.observe(values, seconds);
  }
  for (const instrument of instruments.gauges) addGauge(prometheus, instrument, { own, shared }, logger);
  addBuildInfo(prometheus, own);
  return { own, shared };
}

/** What only rises, or what may fall as well. The delays of the event loop begin anew when they are read. */
export function valuesOf(registry: Registry, kind: 'counters' | 'gauges'): Promise<Values> {
  const metrics = registry.getMetricsAsArray() as unknown as Readable[];
  return Promise.all(metrics.filter(({ type }) => (type === 'gauge') === (kind === 'gauges')).map((one) => one.get()));
}

/** As much of prom-client's metrics as is used here. */
interface Readable {
  readonly type: string;
  get(): Promise<Values[number]>;
}

type Prometheus = typeof import('prom-client');

/** What cannot be read now, since the database is away, is left out: a value of before would be taken for one of now. */
function addGauge(prometheus: Prometheus, instrument: Gauge<string>, { own, shared }: Metrics, logger: Logger): void {
  const { name, help, labels = [], isShared = false } = instrument.description;
  const gauge = new prometheus.Gauge({
    name,
    help,
    labelNames: [...labels],
    registers: [],
    async collect() {
      this.reset();
      try {
        const readings = await instrument.collect();
        for (const { labels: of, value } of readings) this.inc(of, value);
      } catch (error) {
        logger.warn(`${name} cannot be read: ${(error as Error).message}`);
      }
    },
  });
  (isShared ? shared : own).registerMetric(gauge);
}

function addBuildInfo(prometheus: Prometheus, own: Registry): void {
  const info = new prometheus.Gauge({
    name: 'aerie_build_info',
    help: 'Always 1; its labels say what is running.',
    labelNames: ['version', 'node'],
    aggregator: 'first',
    registers: [own],
  });
  info.set({ version: RELEASE, node: process.versions.node }, 1);
}
