import { valuesOf, type Metrics, type Values } from './metrics.js';

// What the process that serves /metrics and its workers say to each other.

/** Of a second. */
const PARTS = 2 ** 20;

/** How much is told: what only rises; all of a worker; that, and what is the same for all workers. */
type Extent = 'counters' | 'own' | 'all';

/** To a worker: what have you measured? */
export interface Ask {
  readonly metrics: 'ask';
  readonly extent: Extent;
}

/** From a worker. */
export interface Told {
  readonly metrics: 'told';
  readonly counters: Values;
  readonly gauges?: Values;
  readonly shared?: Values;
}

export function isTold(message: unknown): message is Told {
  return (message as Partial<Told> | undefined)?.metrics === 'told';
}

/** In a worker: answers whenever it is asked. */
export function tellWhenAsked(metrics: Metrics): void {
  process.on('message', (message) => {
    const { metrics: what, extent } = message as Partial<Ask>;
    if (what === 'ask') void told(metrics, extent).then(send);
  });
}

/** In a worker that ends: nobody can ask it afterwards. */
export async function tellLast(metrics: Metrics): Promise<void> {
  await send(await told(metrics, 'counters'));
}

/** Done when it is sent, or nobody is there to hear it. */
function send(answer: Told): Promise<void> {
  return new Promise((resolve) => process.send!(answer, () => resolve()));
}

async function told({ own, shared }: Metrics, extent: Extent = 'counters'): Promise<Told> {
  const counters = (await valuesOf(own, 'counters')).map(addable);
  return {
    metrics: 'told',
    counters,
    ...(extent === 'counters' ? {} : { gauges: await valuesOf(own, 'gauges') }),
    ...(extent === 'all' ? { shared: await valuesOf(shared, 'gauges') } : {}),
  };
}

/**
 * In parts that a double holds exactly, about a microsecond: so the sum of all workers is the same in any order, and does
 * not fall by a rounding error, which Prometheus would take for a counter that began anew.
 */
function addable(metric: Values[number]): Values[number] {
  const values = metric.values.map((one) => ({ ...one, value: Math.round(one.value * PARTS) / PARTS }));
  return { ...metric, values };
}
