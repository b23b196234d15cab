// Metrics: instruments that any file may declare, without knowing prom-client.

/**
 * Label values of a metric series. They must be from a closed set, never ids: a series is kept as long as the process
 * lives.
 */
export type Labels<L extends string = string> = Readonly<Record<L, string>>;

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

type Recorder<L extends string> = (labels: Labels<L>, value: number) => void;
type GaugeCallback<L extends string> = () => readonly Reading<L>[] | Promise<readonly Reading<L>[]>;

/**
 * An instrument that records events. It is declared as a constant in the file that measures. The telemetry module sets
 * `record`; until then recording does nothing and costs one comparison.
 */
class EventInstrument<L extends string> {
  record: Recorder<L> | undefined = undefined;

  /** Whether metrics are on, for code that has to prepare a measurement. */
  get isEnabled(): boolean {
    return this.record !== undefined;
  }
}

/** Counts events. */
export class Counter<L extends string> extends EventInstrument<L> {
  constructor(readonly description: CounterDescription<L>) {
    super();
    instruments.counters.push(this);
  }

  /** Counts one event. */
  add(labels: Labels<L>): void {
    this.record?.(labels, 1);
  }
}

/** Records durations. */
export class Histogram<L extends string> extends EventInstrument<L> {
  constructor(readonly description: HistogramDescription<L>) {
    super();
    instruments.histograms.push(this);
  }

  /** Records the duration since `began`, a `performance.now()`. */
  recordSince(began: number, labels: Labels<L>): void {
    this.record?.(labels, (performance.now() - began) / 1000);
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
