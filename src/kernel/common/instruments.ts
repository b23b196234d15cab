import { SeriesByLabels, type Labels } from './series.js';

// Metrics: instruments that any file may declare, without knowing prom-client.

interface Description<L extends string> {
  /** The metric's name by Prometheus' conventions: base units, `_total` for counters. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly L[];
}

interface HistogramDescription<L extends string> extends Description<L> {
  /** Upper bounds, in seconds. */
  readonly buckets: readonly number[];
}

interface CounterDescription<L extends string> extends Description<L> {
  /** Series that exist from the start with the value 0, so that `rate()` sees their first event. */
  readonly initialSeries?: readonly Labels<L>[];
}

interface GaugeDescription<L extends string> extends Description<L> {
  /** The value comes from the database and is the same in every process, so that one process reports it. */
  readonly isShared?: boolean;
}

/** A value of a gauge. */
export interface Reading<L extends string = string> {
  readonly labels: Labels<L>;
  readonly value: number;
}

type GaugeCallback<L extends string> = () => readonly Reading<L>[] | Promise<readonly Reading<L>[]>;

/** What a counter has counted for its labels. */
interface CounterSeries<L extends string> {
  readonly labels: Labels<L>;
  value: number;
}

/** What a histogram has recorded for its labels. */
interface HistogramSeries<L extends string> {
  readonly labels: Labels<L>;
  /** The number of values in each bucket, not in those below it. The last ones exceed all bounds. */
  readonly counts: Float64Array;
  sum: number;
}

/**
 * An instrument that records events. It is declared as a constant in the file that measures. The telemetry module
 * enables it and reads its series when they are collected; until then recording does nothing and costs one comparison.
 */
class EventInstrument {
  /** Whether metrics are on, for code that has to prepare a measurement. */
  isEnabled = false;
}

/** Counts events. */
export class Counter<L extends string> extends EventInstrument {
  private readonly byLabels: SeriesByLabels<L, CounterSeries<L>>;

  constructor(readonly description: CounterDescription<L>) {
    super();
    this.byLabels = new SeriesByLabels(description.labels ?? [], (labels) => ({ labels, value: 0 }));
    for (const labels of description.initialSeries ?? []) this.byLabels.of(labels);
    instruments.counters.push(this);
  }

  get series(): readonly CounterSeries<L>[] {
    return this.byLabels.all;
  }

  /** Counts one event. */
  add(labels: Labels<L>): void {
    if (this.isEnabled) this.byLabels.of(labels).value++;
  }
}

/** Records durations. */
export class Histogram<L extends string> extends EventInstrument {
  private readonly byLabels: SeriesByLabels<L, HistogramSeries<L>>;

  constructor(readonly description: HistogramDescription<L>) {
    super();
    const { labels: names = [], buckets } = description;
    const create = (labels: Labels<L>) => ({ labels, counts: new Float64Array(buckets.length + 1), sum: 0 });
    this.byLabels = new SeriesByLabels(names, create);
    instruments.histograms.push(this);
  }

  get series(): readonly HistogramSeries<L>[] {
    return this.byLabels.all;
  }

  /** Records a duration in milliseconds. */
  record(ms: number, labels: Labels<L>): void {
    if (!this.isEnabled) return;
    const { buckets } = this.description;
    const series = this.byLabels.of(labels);
    const seconds = ms / 1000;
    let bucket = 0;
    while (bucket < buckets.length && seconds > buckets[bucket]!) bucket++;
    series.counts[bucket]!++;
    series.sum += seconds;
  }
}

/** A current value, which callbacks return when the metrics are collected. */
export class Gauge<L extends string> {
  private readonly callbacks = new Set<GaugeCallback<L>>();

  constructor(readonly description: GaugeDescription<L>) {
    instruments.gauges.push(this);
  }

  /** Adds a callback and returns a function that removes it. Values with the same labels are summed. */
  addCallback(read: GaugeCallback<L>): () => void {
    this.callbacks.add(read);
    return () => void this.callbacks.delete(read);
  }

  async collect(): Promise<Reading<L>[]> {
    return (await Promise.all([...this.callbacks].map(async (read) => read()))).flat();
  }
}

/** All declared instruments, which the telemetry module connects to prom-client. */
export const instruments = {
  counters: [] as Counter<string>[],
  histograms: [] as Histogram<string>[],
  gauges: [] as Gauge<string>[],
} as const;
