import fc from 'fast-check';
import { RateLimitLeases, type Store } from './rate-limit-leases.js';

const WINDOW_MS = 60_000;

/** A store like rate-limiter-flexible's: it rejects with its result when the limit is exceeded. */
class FakeStore implements Store {
  readonly asked: number[] = [];
  private consumedPoints = 0;
  private until = 0;

  constructor(
    private readonly quota: number,
    private readonly now: () => number,
  ) {}

  async consume(_key: string, points: number) {
    this.asked.push(points);
    await Promise.resolve();
    if (this.now() >= this.until) [this.consumedPoints, this.until] = [0, this.now() + WINDOW_MS];
    this.consumedPoints += points;
    const result = { consumedPoints: this.consumedPoints, msBeforeNext: this.until - this.now() };
    if (this.consumedPoints > this.quota) throw result; // as the library does
    return result;
  }

  reward(_key: string, points: number) {
    this.consumedPoints -= points;
    return Promise.resolve();
  }
}

let now = 1000;
const clock = () => now;

async function served(leases: RateLimitLeases, times: number, key = 'ann'): Promise<number> {
  const standings = await Promise.all(Array.from({ length: times }, async () => leases.take(key)));
  return standings.filter(({ isRefused }) => !isRefused).length;
}

it.each([1, 8])('serves requests up to the limit and returns the number left (shares: %i)', async (shares) => {
  const leases = new RateLimitLeases(new FakeStore(20, clock), 20, shares, clock);
  const left: number[] = [];
  for (let i = 0; i < 20; i++) left.push((await leases.take('ann')).left);
  expect(left).toEqual(Array.from({ length: 20 }, (_, i) => 19 - i));
  expect(await leases.take('ann')).toEqual({ isRefused: true, left: 0, ms: WINDOW_MS });
  expect(await leases.take('bob')).toMatchObject({ isRefused: true }); // the fake store has one counter
});

it('calls the store rarely while many requests are left, and never for refused requests', async () => {
  const store = new FakeStore(300, clock);
  const leases = new RateLimitLeases(store, 300, 8, clock);
  expect(await served(leases, 1000)).toBe(300);
  expect(store.asked.length).toBeLessThan(50);
  const { length } = store.asked;
  expect(await served(leases, 1000)).toBe(0);
  expect(store.asked).toHaveLength(length);
});

it('resets the count in the next window', async () => {
  const leases = new RateLimitLeases(new FakeStore(10, clock), 10, 8, clock);
  expect(await served(leases, 15)).toBe(10);
  now += WINDOW_MS;
  expect(await served(leases, 15)).toBe(10);
  leases.sweep();
  expect(await served(leases, 5)).toBe(0);
});

it('drops the leases of expired windows', async () => {
  const leases = new RateLimitLeases(new FakeStore(10, clock), 10, 8, clock);
  await served(leases, 1);
  now += WINDOW_MS;
  leases.sweep();
  expect(Reflect.get(leases, 'leases')).toHaveProperty('size', 0);
});

it.each([1, 8])(
  'refuses no caller for having dropped their lease, if there are very many (shares: %i)',
  async (shares) => {
    const quota = 20;
    const counts = new Map<string, number>();
    const add = (key: string, points: number) => counts.set(key, (counts.get(key) ?? 0) + points).get(key)!;
    const store = {
      consume: async (key: string, points: number) => {
        const result = await Promise.resolve({ consumedPoints: add(key, points), msBeforeNext: WINDOW_MS });
        if (result.consumedPoints > quota) throw result; // as the library does
        return result;
      },
      reward: (key: string, points: number) => Promise.resolve(add(key, -points)),
    };
    const leases = new RateLimitLeases(store, quota, shares, clock);
    for (const times of [10, 5]) {
      expect(await served(leases, times)).toBe(times);
      for (let i = 0; i < 100_000; i++) await leases.take(`other ${times} ${i}`); // drops the lease
    }
    expect(await served(leases, quota)).toBe(quota - 15);
    expect(Reflect.get(leases, 'leases')).toHaveProperty('size', 100_000);
  },
);

it('rethrows errors of the store', async () => {
  const broken = { consume: () => Promise.reject(new Error('Broken')), reward: () => Promise.resolve() };
  await expect(async () => new RateLimitLeases(broken, 10, 8, clock).take('ann')).rejects.toThrow('Broken');
});

it('serves exactly the limit across processes that share a store, in any order of requests', async () => {
  const quotas = fc.integer({ min: 1, max: 400 });
  const orders = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 600 });
  await fc.assert(
    fc.asyncProperty(quotas, orders, async (quota, order) => {
      const store = new FakeStore(quota, clock);
      const processes = [0, 1, 2, 3].map(() => new RateLimitLeases(store, quota, 8, clock));
      const standings = await Promise.all(order.map(async (i) => processes[i]!.take('ann')));
      const sum = standings.filter(({ isRefused }) => !isRefused).length;
      const more = await Promise.all(processes.map((one) => served(one, quota)));
      expect(sum + more.reduce((a, b) => a + b, 0)).toBe(quota);
      now += WINDOW_MS;
    }),
    { numRuns: 50 },
  );
});
