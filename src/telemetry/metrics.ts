import type { Metric, MetricObjectWithValues, MetricValueWithName, Registry } from 'prom-client';
import { instruments, type Gauge } from '../kernel/common/instruments.js';
import { RELEASE } from '../kernel/common/release.js';
import type { Logger } from '../kernel/logging/logger.js';
import { counterValues, histogramValues } from './recorded-values.js';

/** Metrics with their values, as sent between processes. */
export type Values = MetricObjectWithValues<MetricValueWithName<string>>[];

const EVENT_LOOP_SAMPLE_MS = 20;

/**
 * Default metrics of prom-client to remove: gauges with names of counters, and lists for which Node has no public API.
 */
const UNWANTED = ['resources', 'handles', 'requests'].flatMap((what) => [
  `nodejs_active_${what}`,
  `nodejs_active_${what}_total`,
]);

/** Quantiles of the event loop's delay. Their average over all workers would hide a slow worker. */
const EVENT_LOOP_DELAYS = ['p50', 'p90', 'p99'].map((quantile) => `nodejs_eventloop_lag_${quantile}_seconds`);

/** The part of prom-client's metrics that says how the values of several processes are combined. */
interface Aggregated {
  aggregator: string;
}

/** The metrics of this process. */
export interface Metrics {
  /** Values of this process only. */
  readonly own: Registry;
  /** Values from the database, which are the same in all processes. */
  readonly shared: Registry;
}

/**
 * Connects all instruments to metrics, and adds those of prom-client about Node and the process. prom-client is loaded
 * here, so that processes without metrics do not load it.
 */
export async function openMetrics(logger: Logger): Promise<Metrics> {
  const prometheus = await import('prom-client');
  const [own, shared] = [new prometheus.Registry(), new prometheus.Registry()];
  prometheus.collectDefaultMetrics({ register: own, eventLoopMonitoringPrecision: EVENT_LOOP_SAMPLE_MS });
  for (const name of UNWANTED) own.removeSingleMetric(name);
  for (const name of EVENT_LOOP_DELAYS) (own.getSingleMetric(name) as unknown as Aggregated).aggregator = 'max';
  for (const instrument of instruments.counters) {
    addRecorded(own, 'counter', instrument, () => counterValues(instrument));
  }
  for (const instrument of instruments.histograms) {
    addRecorded(own, 'histogram', instrument, () => histogramValues(instrument));
  }
  for (const instrument of instruments.gauges) addGauge(prometheus, instrument, { own, shared }, logger);
  addBuildInfo(prometheus, own);
  return { own, shared };
}

/** Returns the counters and histograms, or the gauges. Reading the delays of the event loop resets them. */
export function valuesOf(registry: Registry, kind: 'counters' | 'gauges'): Promise<Values> {
  const metrics = registry.getMetricsAsArray() as unknown as Readable[];
  return Promise.all(metrics.filter(({ type }) => (type === 'gauge') === (kind === 'gauges')).map((one) => one.get()));
}

/** The part of prom-client's metrics that is used here. */
interface Readable {
  readonly type: string;
  get(): Promise<Values[number]>;
}

type Prometheus = typeof import('prom-client');

/**
 * Adds a metric whose values an instrument records. It is not a counter or histogram of prom-client, since those take
 * about a microsecond for each event. prom-client registers the sums over processes in the same way.
 */
function addRecorded(
  own: Registry,
  type: 'counter' | 'histogram',
  instrument: (typeof instruments)['counters' | 'histograms'][number],
  read: () => Values[number]['values'],
): void {
  const { name, help } = instrument.description;
  const about = { name, help, type, aggregator: 'sum' };
  const metric = { ...about, get: () => Promise.resolve({ ...about, values: read() }) };
  own.registerMetric(metric as unknown as Metric);
  instrument.isEnabled = true;
}

/**
 * Adds a gauge. If its values cannot be read, for example because the database is unavailable, they are left out: old
 * values would be mistaken for current ones.
 */
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
        if (readings.length === 0 && labels.length === 0) this.remove(); // the reset has made it 0
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
    help: 'Always 1. The labels are the versions of Aerie and Node.',
    labelNames: ['version', 'node'],
    aggregator: 'first',
    registers: [own],
  });
  info.set({ version: RELEASE, node: process.versions.node }, 1);
}
