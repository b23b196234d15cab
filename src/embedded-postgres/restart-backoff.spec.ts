import { MAX_RESTARTS, RestartBackoff } from './restart-backoff.js';

describe('RestartBackoff', () => {
  it('doubles the delay after each restart, up to 5 s', () => {
    const backoff = new RestartBackoff();
    const delays = [0, 1, 2, 3, 4, 5, 6].map((now) => backoff.next(now));
    expect(delays).toEqual([200, 400, 800, 1600, 3200, 5000, 5000]);
  });

  it('gives up after ten restarts within a minute', () => {
    const backoff = new RestartBackoff();
    for (let count = 0; count < MAX_RESTARTS; count++) expect(backoff.next(count * 5_000)).toBeDefined();
    expect(backoff.next(59_999)).toBeUndefined();
  });

  it('ignores restarts that are at least a minute old', () => {
    const backoff = new RestartBackoff();
    for (let count = 0; count < MAX_RESTARTS; count++) backoff.next(0);
    expect(backoff.next(60_000)).toBe(200);
  });
});
