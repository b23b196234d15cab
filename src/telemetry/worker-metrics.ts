import { handleRequests, sendRequest } from '../ipc/ipc-requests.js';
import { valuesOf, type Metrics, type Values } from './metrics.js';

// What workers report to the primary process, which serves /metrics.

/** The IPC topics of the primary's requests and of a worker's last message. */
export const METRICS = 'metrics';
export const SHARED_GAUGES = 'shared gauges';
export const LAST_COUNTERS = 'last counters';

/** Values are rounded to multiples of 1 / PARTS. */
const PARTS = 2 ** 20;
const LAST_TIMEOUT_MS = 1000;

/** What is reported: `counters`, or also the gauges of the worker (`all`). */
export type Extent = 'counters' | 'all';

export interface WorkerMetrics {
  readonly counters: Values;
  readonly gauges?: Values;
}

/** Replies to the primary's requests. Runs in a worker. */
export function reportMetrics({ own, shared }: Metrics): void {
  handleRequests(METRICS, (extent: Extent) => read(own, extent));
  handleRequests(SHARED_GAUGES, () => valuesOf(shared, 'gauges'));
}

/** Reports the counters a last time, before the worker exits. */
export async function reportLastCounters({ own }: Metrics): Promise<void> {
  await sendRequest(process, LAST_COUNTERS, await countersOf(own), LAST_TIMEOUT_MS);
}

async function read(own: Metrics['own'], extent: Extent): Promise<WorkerMetrics> {
  const counters = await countersOf(own);
  return extent === 'counters' ? { counters } : { counters, gauges: await valuesOf(own, 'gauges') };
}

async function countersOf(registry: Metrics['own']): Promise<Values> {
  return (await valuesOf(registry, 'counters')).map(addable);
}

/**
 * Rounds the values to fractions that a double represents exactly (about a microsecond). So the sum over all workers
 * does not depend on their order, and does not decrease by a rounding error, which Prometheus would take for a counter
 * reset.
 */
function addable(metric: Values[number]): Values[number] {
  const values = metric.values.map((one) => ({ ...one, value: Math.round(one.value * PARTS) / PARTS }));
  return { ...metric, values };
}
