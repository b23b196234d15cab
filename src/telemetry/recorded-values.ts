import type { MetricValueWithName } from 'prom-client';
import type { Counter, Histogram } from '../kernel/common/instruments.js';

// The values of instruments as prom-client represents them.

type Values = MetricValueWithName<string>[];

export function counterValues({ series }: Counter<string>): Values {
  return series.map(({ labels, value }) => ({ labels, value }));
}

/** Returns the buckets, the sum and the count of each series. A bucket also counts the values of those below it. */
export function histogramValues({ description: { name, buckets }, series }: Histogram<string>): Values {
  return series.flatMap(({ labels, counts, sum }) => {
    let count = 0;
    const bounds = [...buckets, '+Inf'];
    const values: Values = bounds.map((le, bucket) => {
      count += counts[bucket]!;
      return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: count };
    });
    values.push(
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    );
    return values;
  });
}
