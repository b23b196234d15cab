/** Values that tell one series of a metric from another. Never ids, nor anything else without end: a series is kept for ever. */
export type Labels<L extends string = string> = Readonly<Record<L, string>>;

interface Description<L extends string> {
  /** In Prometheus' form: base units, `_total` for counters. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly L[];
}

interface HistogramDescription<L extends string> extends Description<L> {
  /** Upper bounds, in seconds. */
  readonly buckets: readonly number[];
}

interface CounterDescription<L extends string> extends Description<L> {
  /** Series that begin at 0, so that their first event is seen as a rise. */
  readonly zeros?: readonly Labels<L>[];
}

interface GaugeDescription<L extends string> extends Description<L> {
  /** Every process reads the same, from the database: one of them is enough. */
  readonly isShared?: boolean;
}

export interface Reading<L extends string = string> {
  readonly labels: Labels<L>;
  readonly value: number;
}

type Hear<L extends string> = (labels: Labels<L>, value: number) => void;
type Read<L extends string> = () => readonly Reading<L>[] | Promise<readonly Reading<L>[]>;

/**
 * What is measured, declared by the file that does it. Instruments belong to the process. While `hear` is not set nobody
 * hears, and to measure costs a comparison.
 */
class Sink<L extends string> {
  hear: Hear<L> | undefined = undefined;

  /** For measurements that have to be prepared. */
  get isHeard(): boolean {
    return this.hear !== undefined;
  }
}

/** How often something happened. */
export class Counter<L extends string> extends Sink<L> {
  constructor(readonly description: CounterDescription<L>) {
    super();
    instruments.counters.push(this);
  }

  add(labels: Labels<L>): void {
    this.hear?.(labels, 1);
  }
}

/** How long something took. */
export class Histogram<L extends string> extends Sink<L> {
  constructor(readonly description: HistogramDescription<L>) {
    super();
    instruments.histograms.push(this);
  }

  /** Since `began`, a `performance.now()`. */
  since(began: number, labels: Labels<L>): void {
    this.hear?.(labels, (performance.now() - began) / 1000);
  }
}

/** How much of something there is: read when somebody asks. */
export class Gauge<L extends string> {
  private readonly reads = new Set<Read<L>>();

  constructor(readonly description: GaugeDescription<L>) {
    instruments.gauges.push(this);
  }

  /** Adds a source; readings of the same labels are added up. Returns what takes it away again. */
  watch(read: Read<L>): () => void {
    this.reads.add(read);
    return () => void this.reads.delete(read);
  }

  async read(): Promise<Reading<L>[]> {
    return (await Promise.all([...this.reads].map(async (read) => read()))).flat();
  }
}

/** All that were declared. */
export const instruments = {
  counters: [] as Counter<string>[],
  histograms: [] as Histogram<string>[],
  gauges: [] as Gauge<string>[],
} as const;
