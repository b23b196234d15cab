import { AppError } from '../errors/app-error.js';
import { Bulkhead } from './bulkhead.js';

const refusal = () => new AppError('Full', 503);
const places = (inside: number, waiting: number) =>
  new Bulkhead({ maxConcurrent: inside, maxQueued: waiting, maxWaitMs: 500, createError: refusal });

/** Acquires this many slots, one after another. Returns the state of each: in, waiting, got in, or refused. */
async function come(to: Bulkhead, times: number): Promise<string[]> {
  const fates = Array.from({ length: times }, () => 'is in');
  for (let i = 0; i < times; i++) {
    const waiting = to.acquire();
    if (waiting) fates[i] = 'waits';
    waiting?.then(
      () => (fates[i] = 'got in'),
      () => (fates[i] = 'is refused'),
    );
  }
  await settled();
  return fates;
}

/** Waits until pending promises have settled. Timers are fake. */
const settled = () => import.meta.jest.advanceTimersByTimeAsync(0);

beforeEach(() => import.meta.jest.useFakeTimers());
afterEach(() => import.meta.jest.useRealTimers());

describe('Bulkhead', () => {
  it('grants slots, then queues tasks, then rejects them', async () => {
    const two = places(2, 1);
    const fates = await come(two, 3);
    expect(fates).toEqual(['is in', 'is in', 'waits']);
    expect(two.isFull).toBe(true);
    expect(await come(two, 1)).toEqual(['is refused']);
    expect(fates).toEqual(['is in', 'is in', 'waits']);
  });

  it('rejects tasks at once if there is no queue', async () => {
    expect(await come(places(1, 0), 2)).toEqual(['is in', 'is refused']);
  });

  it('passes a released slot to the task that has waited longest', async () => {
    const one = places(1, 2);
    const fates = await come(one, 3);
    one.release();
    await settled();
    expect(fates).toEqual(['is in', 'got in', 'waits']);
  });

  it('has all slots free again after all tasks have released them', async () => {
    const one = places(1, 1);
    await come(one, 2);
    for (let i = 0; i < 2; i++) one.release();
    expect(await come(one, 3)).toEqual(['is in', 'waits', 'is refused']);
  });

  it('rejects a task that has waited too long, and keeps no slot for it', async () => {
    const one = places(1, 1);
    const fates = await come(one, 2);
    import.meta.jest.advanceTimersByTime(499);
    await settled();
    expect(fates[1]).toBe('waits');
    import.meta.jest.advanceTimersByTime(1);
    await settled();
    expect(fates[1]).toBe('is refused');
    one.release();
    expect(await come(one, 1)).toEqual(['is in']);
  });

  it('grants only the allowed share of its slots, and the others when the share rises', async () => {
    let share = 0.5;
    const four = new Bulkhead({ maxConcurrent: 4, maxQueued: 2, maxWaitMs: 500, createError: refusal }, () => share);
    const fates = await come(four, 5);
    expect(fates).toEqual(['is in', 'is in', 'waits', 'waits', 'is refused']);
    share = 0.25;
    four.release();
    await settled();
    expect(fates.slice(2, 4)).toEqual(['waits', 'waits']);
    share = 1;
    four.release();
    await settled();
    expect(fates.slice(2, 4)).toEqual(['got in', 'got in']);
  });

  it('always allows at least one slot', async () => {
    const one = new Bulkhead({ maxConcurrent: 1, maxQueued: 1, maxWaitMs: 500, createError: refusal }, () => 0.1);
    expect(await come(one, 2)).toEqual(['is in', 'waits']);
  });
});
