import { Counter, Gauge, Histogram, instruments } from './instruments.js';

const description = { name: 'things_total', help: 'Things.' };

it('instruments record nothing until they are enabled', () => {
  const counter = new Counter({ ...description, labels: ['kind'] });
  const histogram = new Histogram({ ...description, labels: ['kind'], buckets: [1] });
  counter.add({ kind: 'a' });
  histogram.record(1, { kind: 'a' });
  expect([counter.series, histogram.series]).toEqual([[], []]);
});

it('a counter counts the events of each combination of labels', () => {
  const initialSeries = [{ kind: 'b', size: 's' }];
  const counter = new Counter({ ...description, labels: ['kind', 'size'], initialSeries });
  counter.isEnabled = true;
  for (const kind of ['a', 'b', 'a', 's']) counter.add({ size: kind === 's' ? 'a' : 's', kind });
  expect(counter.series).toEqual([
    { labels: { kind: 'b', size: 's' }, value: 1 },
    { labels: { kind: 'a', size: 's' }, value: 2 },
    { labels: { kind: 's', size: 'a' }, value: 1 },
  ]);
});

it('a histogram records durations in seconds, each in the first bucket that holds it', () => {
  const histogram = new Histogram({ name: 'thing_seconds', help: 'Of a thing.', buckets: [1, 2] });
  histogram.isEnabled = true;
  for (const ms of [500, 1000, 1500, 2000, 4000]) histogram.record(ms, {});
  expect(histogram.series).toEqual([{ labels: {}, counts: new Float64Array([2, 2, 1]), sum: 9 }]);
});

it('a series does not change with the object that named its labels', () => {
  const counter = new Counter({ ...description, labels: ['kind'] });
  counter.isEnabled = true;
  const labels = { kind: 'a' };
  counter.add(labels);
  labels.kind = 'b';
  expect(counter.series).toEqual([{ labels: { kind: 'a' }, value: 1 }]);
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
