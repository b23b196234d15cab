import { Counter, Gauge, Histogram, instruments } from './instruments.js';

const description = { name: 'things_total', help: 'Things.' };

it('a counter without a recorder does nothing', () => {
  const counter = new Counter<'kind'>({ ...description, labels: ['kind'] });
  expect(counter.isEnabled).toBe(false);
  expect(() => counter.add({ kind: 'a' })).not.toThrow();
});

it('a counter passes the labels and the increment to its recorder', () => {
  const counter = new Counter<'kind'>({ ...description, labels: ['kind'] });
  const heard: unknown[] = [];
  counter.record = (labels, by) => heard.push([labels, by]);
  counter.add({ kind: 'a' });
  expect(counter.isEnabled).toBe(true);
  expect(heard).toEqual([[{ kind: 'a' }, 1]]);
});

it('a histogram records durations in seconds', () => {
  const histogram = new Histogram({ name: 'thing_seconds', help: 'Of a thing.', buckets: [1] });
  let seconds = 0;
  histogram.record = (_, value) => (seconds = value);
  histogram.recordSince(performance.now() - 2000, {});
  expect(seconds).toBeCloseTo(2, 1);
});

it('a gauge collects the values of its callbacks until they are removed', async () => {
  const gauge = new Gauge<'kind'>({ name: 'things', help: 'Things.', labels: ['kind'] });
  const one = gauge.addCallback(() => [{ labels: { kind: 'a' }, value: 1 }]);
  gauge.addCallback(async () => [{ labels: { kind: 'b' }, value: 2 }]);
  expect(await gauge.collect()).toEqual([
    { labels: { kind: 'a' }, value: 1 },
    { labels: { kind: 'b' }, value: 2 },
  ]);
  one();
  expect(await gauge.collect()).toEqual([{ labels: { kind: 'b' }, value: 2 }]);
});

it('a new counter is added to the list of instruments', () => {
  const counter = new Counter(description);
  expect(instruments.counters).toContain(counter);
});
