import { Admission, Overloaded } from './admission.js';

/** What became of so many who came in one after the other: in, waiting, or refused. */
async function come(admission: Admission, times: number): Promise<string[]> {
  const fates = Array.from({ length: times }, () => 'is in');
  for (let i = 0; i < times; i++) {
    const waiting = admission.enter();
    if (waiting) fates[i] = 'waits';
    waiting?.then(
      () => (fates[i] = 'got in'),
      () => (fates[i] = 'is refused'),
    );
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
    expect(fates[1]).toBe('is refused');
    admission.leave();
    expect(await come(admission, 1)).toEqual(['is in']);
  });

  it('gives as many places as it may, and the others when it may again', async () => {
    let share = 0.5;
    const admission = new Admission({ inFlight: 4, queued: 2 }, () => share);
    const fates = await come(admission, 5);
    expect(fates).toEqual(['is in', 'is in', 'waits', 'waits', 'is refused']);
    share = 0.25;
    admission.leave();
    await settled();
    expect(fates.slice(2, 4)).toEqual(['waits', 'waits']);
    share = 1;
    admission.leave();
    await settled();
    expect(fates.slice(2, 4)).toEqual(['got in', 'got in']);
  });

  it('keeps one place at least', async () => {
    expect(await come(new Admission({ inFlight: 1, queued: 1 }, () => 0.1), 2)).toEqual(['is in', 'waits']);
  });

  it('gives who is late one of the first half of the places, or none', async () => {
    const admission = new Admission({ inFlight: 4, queued: 4 });
    expect([admission.enter(true), admission.enter(true)]).toEqual([undefined, undefined]);
    await expect(admission.enter(true)).rejects.toThrow('Server overloaded');
    expect(admission.enter()).toBeUndefined();
  });

  it('refuses by a 503 that asks some to come later than others', async () => {
    const admission = new Admission({ inFlight: 0, queued: 0 });
    const refusals = await Promise.all(Array.from({ length: 200 }, () => refusalOf(admission)));
    expect(new Set(refusals.map(({ status, message }) => `${status} ${message}`))).toEqual(
      new Set(['503 Server overloaded']),
    );
    expect(new Set(refusals.map(({ headers }) => headers['Retry-After']))).toEqual(new Set(['1', '2', '3']));
  });
});

async function refusalOf(admission: Admission): Promise<Overloaded> {
  try {
    await admission.enter();
  } catch (error) {
    if (error instanceof Overloaded) return error;
  }
  throw new Error('It was let in');
}
