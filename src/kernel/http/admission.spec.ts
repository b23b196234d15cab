import { AppError } from '../errors/app-error.js';
import { Admission } from './admission.js';

/** What became of so many who came in one after the other: in, waiting, or refused. */
async function come(admission: Admission, times: number): Promise<string[]> {
  const fates: string[] = [];
  for (let i = 0; i < times; i++) {
    try {
      const waiting = admission.enter();
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
async function settled(): Promise<void> {
  for (let i = 0; i < 3; i++) await Promise.resolve();
}

beforeEach(() => import.meta.jest.useFakeTimers());
afterEach(() => import.meta.jest.useRealTimers());

describe('Admission', () => {
  it('gives places, then lets wait, then refuses', async () => {
    const admission = new Admission({ inFlight: 2, queued: 1 });
    expect(await come(admission, 4)).toEqual(['is in', 'is in', 'waits', 'is refused']);
    expect(admission.full).toBe(true);
  });

  it('lets nobody wait where there is no queue', async () => {
    expect(await come(new Admission({ inFlight: 1, queued: 0 }), 2)).toEqual(['is in', 'is refused']);
  });

  it('gives a place that is left to whoever waits longest', async () => {
    const admission = new Admission({ inFlight: 1, queued: 2 });
    const fates = await come(admission, 3);
    admission.leave();
    await settled();
    expect(fates).toEqual(['is in', 'got in', 'waits']);
    admission.leave();
    await settled();
    expect(fates).toEqual(['is in', 'got in', 'got in']);
  });

  it('is as empty as before when all have left', async () => {
    const admission = new Admission({ inFlight: 1, queued: 1 });
    await come(admission, 2);
    for (let i = 0; i < 2; i++) admission.leave();
    expect(await come(admission, 3)).toEqual(['is in', 'waits', 'is refused']);
  });

  it('refuses who has waited for half a second, and nobody gets the place of one who is gone', async () => {
    const admission = new Admission({ inFlight: 1, queued: 1 });
    const fates = await come(admission, 2);
    import.meta.jest.advanceTimersByTime(499);
    await settled();
    expect(fates[1]).toBe('waits');
    import.meta.jest.advanceTimersByTime(1);
    await settled();
    expect(fates[1]).toBe('is refused late');
    admission.leave();
    expect(await come(admission, 1)).toEqual(['is in']);
  });

  it('keeps a tenth of the places while the event loop is late, and no queue', async () => {
    let late = true;
    const admission = new Admission({ inFlight: 20, queued: 5 }, () => late);
    expect(await come(admission, 3)).toEqual(['is in', 'is in', 'is refused']);
    late = false;
    expect(await come(admission, 1)).toEqual(['is in']);
  });

  it('keeps one place at least', async () => {
    expect(await come(new Admission({ inFlight: 1, queued: 1 }, () => true), 2)).toEqual(['is in', 'is refused']);
  });

  it('refuses by a 503 that asks some to come later than others', () => {
    const refusals = Array.from({ length: 200 }, () => refusalOf(new Admission({ inFlight: 0, queued: 0 })));
    expect(new Set(refusals.map(({ status, message }) => `${status} ${message}`))).toEqual(
      new Set(['503 Server overloaded']),
    );
    expect(new Set(refusals.map(({ headers }) => headers['Retry-After']))).toEqual(new Set(['1', '2', '3']));
  });
});

function refusalOf(admission: Admission): AppError {
  try {
    void admission.enter();
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('It was let in');
}
