import type { Logger } from '../kernel/logging/logger.js';
import { openMetrics, valuesOf } from './metrics.js';

it('the delay of the event loop is that of the slowest worker', async () => {
  const { own } = await openMetrics({} as Logger);
  const gauges = await valuesOf(own, 'gauges');
  for (const quantile of ['p50', 'p90', 'p99']) {
    const delay = gauges.find(({ name }) => name === `nodejs_eventloop_lag_${quantile}_seconds`);
    expect(delay).toMatchObject({ aggregator: 'max' });
  }
});
