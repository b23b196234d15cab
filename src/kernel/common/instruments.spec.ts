import { Counter, Gauge, Histogram, instruments } from './instruments.js';

const description = { name: 'things_total', help: 'Things.' };

it('what nobody hears does nothing', () => {
  const counter = new Counter<'kind'>({ ...description, labels: ['kind'] });
  expect(counter.isEnabled).toBe(false);
  expect(() => counter.add({ kind: 'a' })).not.toThrow();
});

it('whoever hears is told the labels and how much', () => {
  const counter = new Counter<'kind'>({ ...description, labels: ['kind'] });
  const heard: unknown[] = [];
  counter.record = (labels, by) => heard.push([labels, by]);
  counter.add({ kind: 'a' });
  expect(counter.isEnabled).toBe(true);
  expect(heard).toEqual([[{ kind: 'a' }, 1]]);
});

it('durations are in seconds', () => {
  const histogram = new Histogram({ name: 'thing_seconds', help: 'Of a thing.', buckets: [1] });
  let seconds = 0;
  histogram.record = (_, value) => (seconds = value);
  histogram.recordSince(performance.now() - 2000, {});
  expect(seconds).toBeCloseTo(2, 1);
});

it('gauges are read from all their sources, until those are taken away', async () => {
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

it('all that are declared are known', () => {
  const counter = new Counter(description);
  expect(instruments.counters).toContain(counter);
});
