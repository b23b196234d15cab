import { MOST_RESTARTS, Restarts } from './restarts.js';

describe('Restarts', () => {
  it('waits longer and longer, up to 5 s', () => {
    const restarts = new Restarts();
    const delays = [0, 1, 2, 3, 4, 5, 6].map((now) => restarts.next(now));
    expect(delays).toEqual([200, 400, 800, 1600, 3200, 5000, 5000]);
  });

  it('gives up after ten in a minute', () => {
    const restarts = new Restarts();
    for (let count = 0; count < MOST_RESTARTS; count++) expect(restarts.next(count * 5_000)).toBeDefined();
    expect(restarts.next(59_999)).toBeUndefined();
  });

  it('forgets what is more than a minute ago', () => {
    const restarts = new Restarts();
    for (let count = 0; count < MOST_RESTARTS; count++) restarts.next(0);
    expect(restarts.next(60_000)).toBe(200);
  });
});
