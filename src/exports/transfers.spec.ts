import type { Response } from 'express';
import { instruments } from '../kernel/common/instruments.js';
import { Transfers } from './transfers.js';

const response = { setTimeout: () => {} } as unknown as Response;
const limits = { atOnce: 4, ms: 1000, onBrokenOff: () => {} };

async function open(): Promise<object> {
  const gauge = instruments.gauges.find(({ description }) => description.name === 'aerie_exports_open')!;
  return Object.fromEntries((await gauge.collect()).map(({ labels, value }) => [labels['kind'], value]));
}

it('an export is counted as open until it succeeds or fails', async () => {
  const ends: ((error?: Error) => void)[] = [];
  const work = () =>
    new Promise<void>((resolve, reject) => {
      ends.push((error) => (error ? reject(error) : resolve()));
    });
  const [streams, files] = [new Transfers({ ...limits, kind: 'stream' }), new Transfers({ ...limits, kind: 'file' })];
  const running = [streams.run(1, response, work), files.run(1, response, work)] as const;
  expect(await open()).toEqual({ stream: 1, file: 1 });
  ends[0]!();
  await running[0];
  expect(await open()).toEqual({ stream: 0, file: 1 });
  ends[1]!(new Error('It failed'));
  await expect(running[1]).rejects.toThrow('It failed');
  expect(await open()).toEqual({ stream: 0, file: 0 });
});
