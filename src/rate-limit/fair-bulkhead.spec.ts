import { AppError } from '../kernel/errors/app-error.js';
import { FairBulkhead } from './fair-bulkhead.js';

/**
 * Starts work for these accounts, one after another. Returns whether each got a slot, and a function that ends the
 * work.
 */
async function begin(places: FairBulkhead, ...accounts: number[]) {
  const ends: (() => void)[] = [];
  const given = await Promise.all(
    accounts.map(async (account) => {
      const begun = new Promise<boolean>((resolve) => {
        const work = () => new Promise<void>((end) => void (resolve(true), ends.push(end)));
        places.run(account, work).catch(() => resolve(false));
      });
      return begun;
    }),
  );
  const end = () => {
    for (const one of ends.splice(0)) one();
    return new Promise((resolve) => setImmediate(resolve));
  };
  return { given, end };
}

const of = (size: number) => new FairBulkhead(size, () => new AppError('Full', 503));

describe('FairBulkhead', () => {
  it.each([
    [1, [1, 1, 2], [true, false, false]],
    [2, [1, 1, 2, 3], [true, false, true, false]],
    [3, [1, 1, 1, 2, 3], [true, true, false, true, false]],
    [4, [1, 1, 1, 1, 2, 2, 3, 4], [true, true, false, false, true, false, true, false]],
    [4, [1, 2, 1, 3, 4], [true, true, true, true, false]],
    [4, [1, 2, 3, 4, 5], [true, true, true, true, false]],
    [8, [1, 1, 1, 1, 1, 2, 2, 2, 3, 4], [true, true, true, true, false, true, true, false, true, true]],
  ])(
    'with %i slots leaves some to other accounts: tasks of the accounts %j are granted %j',
    async (size, accounts, expected) => {
      expect((await begin(of(size), ...accounts)).given).toEqual(expected);
    },
  );

  it('has all slots free again when the work has ended', async () => {
    const four = of(4);
    for (let round = 0; round < 3; round++) {
      const { given, end } = await begin(four, 1, 1, 1, 2);
      expect(given).toEqual([true, true, false, true]);
      await end();
    }
  });

  it('releases the slot of work that fails, and passes on its error', async () => {
    const two = of(2);
    const failing = () => two.run(1, () => Promise.reject(new Error('No')));
    for (let i = 0; i < 3; i++) await expect(failing()).rejects.toThrow('No');
    expect(await two.run(1, () => Promise.resolve(7))).toBe(7);
  });

  it('throws the configured error if no slot is free', async () => {
    const one = of(1);
    await begin(one, 1);
    await expect(one.run(2, () => Promise.resolve())).rejects.toThrow('Full');
  });
});
