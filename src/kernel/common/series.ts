// The series of a metric: what is counted for each combination of label values.

/**
 * Label values of a metric series. They must be from a closed set, never ids: a series is kept as long as the process
 * lives.
 */
export type Labels<L extends string = string> = Readonly<Record<L, string>>;

interface Node<S> {
  readonly children: Map<string, Node<S>>;
  series: S | undefined;
}

/**
 * Finds the series of label values. It has one level of maps for each label, since this runs for each request and
 * statement: joining the values to one key would take longer than everything else that a metric does.
 */
export class SeriesByLabels<L extends string, S> {
  private readonly root: Node<S> = { children: new Map(), series: undefined };
  /** All series in the order in which they were created. */
  readonly all: S[] = [];

  /** Without `names` there is one series, which exists from the start. */
  constructor(
    private readonly names: readonly L[],
    private readonly create: (labels: Labels<L>) => S,
  ) {
    if (names.length === 0) this.of({} as Labels<L>);
  }

  /** Returns the series of these label values; creates it if it is new. */
  of(labels: Labels<L>): S {
    let node = this.root;
    for (const name of this.names) node = node.children.get(labels[name]) ?? addChild(node, labels[name]);
    return node.series ?? this.add(node, labels);
  }

  private add(node: Node<S>, labels: Labels<L>): S {
    const series = this.create({ ...labels });
    node.series = series;
    this.all.push(series);
    return series;
  }
}

function addChild<S>({ children }: Node<S>, value: string): Node<S> {
  const child: Node<S> = { children: new Map(), series: undefined };
  children.set(value, child);
  return child;
}
