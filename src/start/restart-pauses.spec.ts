import { RestartPauses } from './restart-pauses.js';

const times = <T>(count: number, work: () => T) => Array.from({ length: count }, work);

it('workers that die start again after growing pauses, until eleven have died within a minute', () => {
  const pauses = new RestartPauses(() => 0);
  expect(times(10, () => pauses.afterDeath())).toEqual([0, 100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
  expect(pauses.afterDeath()).toBeUndefined();
  expect(pauses.recentDeaths).toBe(11);
});

it('deaths count for a minute', () => {
  let now = 0;
  const pauses = new RestartPauses(() => now);
  times(10, () => pauses.afterDeath());
  now = 60_001;
  expect(pauses.afterDeath()).toBe(0);
});

it('failed starts have no limit, and pauses of up to a minute', () => {
  const pauses = new RestartPauses();
  const seconds = times(9, () => pauses.afterFailedStart() / 1000);
  expect(seconds).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  expect(pauses.recentDeaths).toBe(0);
  pauses.started();
  expect(pauses.afterFailedStart()).toBe(1000);
});
