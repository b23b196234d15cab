import { AppError } from './errors/app-error.js';
import { Places } from './places.js';

const places = (inside: number, waiting: number) =>
  new Places({ inside, waiting, waitMs: 500, refusal: () => new AppError('Full', 503) });

/** What became of so many who came in one after the other: in, waiting, or refused. */
async function come(to: Places, times: number): Promise<string[]> {
  const fates: string[] = [];
  for (let i = 0; i < times; i++) {
    try {
      const waiting = to.enter();
      fates.push(waiting ? 'waits' : 'is in');
      waiting?.then(
        () => (fates[i] = 'got in'),
        () => (fates[i] = 'is refused late'),
      );
    } catch {
      fates.push('is refused');
    }
  }
  await settled();
  return fates;
}

/** Lets promises be kept; timers are fake. */
const settled = () => import.meta.jest.advanceTimersByTimeAsync(0);

beforeEach(() => import.meta.jest.useFakeTimers());
afterEach(() => import.meta.jest.useRealTimers());

describe('Places', () => {
  it('are given, then let wait, then refuse', async () => {
    expect(await come(places(2, 1), 4)).toEqual(['is in', 'is in', 'waits', 'is refused']);
  });

  it('let nobody wait where there is no queue', async () => {
    expect(await come(places(1, 0), 2)).toEqual(['is in', 'is refused']);
  });

  it('go on to whoever waits longest', async () => {
    const one = places(1, 2);
    const fates = await come(one, 3);
    one.leave();
    await settled();
    expect(fates).toEqual(['is in', 'got in', 'waits']);
  });

  it('are all free when all have left', async () => {
    const one = places(1, 1);
    await come(one, 2);
    for (let i = 0; i < 2; i++) one.leave();
    expect(await come(one, 3)).toEqual(['is in', 'waits', 'is refused']);
  });

  it('are refused to who has waited too long, and kept for nobody who is gone', async () => {
    const one = places(1, 1);
    const fates = await come(one, 2);
    import.meta.jest.advanceTimersByTime(499);
    await settled();
    expect(fates[1]).toBe('waits');
    import.meta.jest.advanceTimersByTime(1);
    await settled();
    expect(fates[1]).toBe('is refused late');
    one.leave();
    expect(await come(one, 1)).toEqual(['is in']);
  });
});
