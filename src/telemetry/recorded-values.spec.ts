import * as prometheus from 'prom-client';
import { Counter, Histogram } from '../kernel/common/instruments.js';
import { counterValues, histogramValues } from './recorded-values.js';

// prom-client's own counter and histogram are what the values are compared with.

type Labels = Record<'method' | 'route' | 'status', string>;

const labels = ['method', 'route', 'status'] as const;
const about = { name: 'requests', help: 'Requests.', labels };
const buckets = [0.005, 0.25, 1, 10];
const registers: prometheus.Registry[] = [];

const SEEN = ['GET', 'POST'].flatMap((method) =>
  ['/items', '/items/:item_id', 'unrouted'].flatMap((route) =>
    ['200', '404'].map((status): Labels => ({ status, method, route })),
  ),
);
/** On each bound, between them, and outside of them. */
const DURATIONS_MS = [0, 5, 5.1, 250, 999.99, 1000, 9999, 10_000, 10_001, 1e7];

it('the values of a histogram are those of prom-client', async () => {
  const own = new Histogram({ ...about, buckets });
  const reference = new prometheus.Histogram({ ...about, labelNames: labels, buckets, registers });
  own.isEnabled = true;
  for (const [n, ms] of DURATIONS_MS.entries())
    for (const seen of SEEN.slice(n)) {
      own.record(ms, seen);
      reference.observe(seen, ms / 1000);
    }
  const { values } = await reference.get();
  expect(values.length).toBe(SEEN.length * 7);
  expect(histogramValues(own as Histogram<string>)).toEqual(
    values.map(({ value, labels, metricName }) => ({ value, labels, metricName })),
  );
});

it('the values of a counter are those of prom-client', async () => {
  const own = new Counter(about);
  const reference = new prometheus.Counter({ ...about, labelNames: labels, registers });
  own.isEnabled = true;
  for (const n of SEEN.keys())
    for (const seen of SEEN.slice(n)) {
      own.add(seen);
      reference.inc(seen);
    }
  expect(counterValues(own as Counter<string>)).toEqual((await reference.get()).values);
});

it('metrics without labels have a value from the start', async () => {
  const plain = { name: 'things', help: 'Things.' };
  const counter = new prometheus.Counter({ ...plain, registers });
  expect(counterValues(new Counter<string>(plain))).toEqual((await counter.get()).values);
  const histogram = new prometheus.Histogram({ ...plain, buckets, registers });
  const { values } = await histogram.get();
  const own = histogramValues(new Histogram<string>({ ...plain, buckets }));
  expect(own).toEqual(values.map(({ value, labels, metricName }) => ({ value, labels, metricName })));
});
