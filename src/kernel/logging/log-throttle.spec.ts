import { LogThrottle } from './log-throttle.js';

let now: number;
let throttle: LogThrottle;

beforeEach(() => {
  now = 0;
  throttle = new LogThrottle(() => now);
});

const at = (ms: number, cause: string) => {
  now = ms;
  return throttle.admit(cause);
};

it('admits one line per second for each cause, and returns the number of omitted lines', () => {
  expect([at(0, 'a'), at(1, 'a'), at(2, 'b'), at(999, 'a')]).toEqual([0, undefined, 0, undefined]);
  expect([at(1000, 'a'), at(1001, 'a'), at(5000, 'a'), at(5001, 'b')]).toEqual([2, undefined, 1, 0]);
});

it('remembers at most 100 causes', () => {
  for (let cause = 0; cause < 1000; cause++) expect(at(0, String(cause))).toBe(0);
  expect(Reflect.get(throttle, 'seen')).toHaveProperty('size', 100);
});
