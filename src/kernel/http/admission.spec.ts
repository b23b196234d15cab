import { Admission, Overloaded } from './admission.js';

// bulkhead.spec.ts tests what it inherits from Bulkhead
describe('Admission', () => {
  it('grants slots, then queues requests, then refuses them', async () => {
    const admission = new Admission({ inFlight: 2, queued: 1 });
    expect([admission.acquire(), admission.acquire()]).toEqual([undefined, undefined]);
    const waiting = admission.acquire();
    expect(admission.isFull).toBe(true);
    await expect(admission.acquire()).rejects.toThrow(Overloaded);
    admission.release();
    await waiting;
  });

  it('refuses a request that has waited for 500 ms', async () => {
    import.meta.jest.useFakeTimers();
    const admission = new Admission({ inFlight: 1, queued: 1 });
    void admission.acquire();
    const fate = admission.acquire()!.catch((error: unknown) => error);
    import.meta.jest.advanceTimersByTime(499);
    expect(await Promise.race([fate, Promise.resolve('waits')])).toBe('waits');
    import.meta.jest.advanceTimersByTime(1);
    expect(await fate).toBeInstanceOf(Overloaded);
    import.meta.jest.useRealTimers();
  });

  it('grants only the allowed share of its slots', async () => {
    const admission = new Admission({ inFlight: 4, queued: 0 }, () => 0.5);
    expect([admission.acquire(), admission.acquire()]).toEqual([undefined, undefined]);
    await expect(admission.acquire()).rejects.toThrow(Overloaded);
  });

  it('refuses a late request if half of the slots are in use', async () => {
    const admission = new Admission({ inFlight: 4, queued: 4 });
    expect([admission.acquire(true), admission.acquire(true)]).toEqual([undefined, undefined]);
    await expect(admission.acquire(true)).rejects.toThrow('Server overloaded');
    expect(admission.acquire()).toBeUndefined();
  });

  it('refuses requests with a 503 and a random Retry-After of 1 to 3 seconds', async () => {
    const admission = new Admission({ inFlight: 0, queued: 0 });
    const refusals = await Promise.all(Array.from({ length: 200 }, () => refusalOf(admission)));
    expect(new Set(refusals.map((refusal) => `${refusal.getStatus()} ${refusal.message}`))).toEqual(
      new Set(['503 Server overloaded']),
    );
    expect(new Set(refusals.map(({ headers }) => headers['Retry-After']))).toEqual(new Set(['1', '2', '3']));
  });
});

async function refusalOf(admission: Admission): Promise<Overloaded> {
  try {
    await admission.acquire();
  } catch (error) {
    if (error instanceof Overloaded) return error;
  }
  throw new Error('It was let in');
}
