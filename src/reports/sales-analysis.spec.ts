import { analyse, percentile, type Sale } from './sales-analysis.js';

/** One customer's orders of 5,000 items. */
const everything = (user_id: number) => Array.from({ length: 5000 }, (_, i): Sale => [user_id, i + 1, 1]);

const NAMES = new Map([
  [1, 'Lamp'],
  [2, 'Chair'],
  [3, 'Desk'],
]);

describe('percentile', () => {
  it('is the nearest rank: the smallest value that p percent of the values do not exceed', () => {
    const values = [15, 20, 35, 40, 50]; // the textbook example of the method
    expect([5, 30, 40, 50, 100].map((p) => percentile(values, p))).toEqual([15, 20, 20, 35, 50]);
  });

  it('is always one of the values', () => {
    expect(percentile([1, 1000], 50)).toBe(1);
    expect(percentile([1, 1000], 51)).toBe(1000);
  });

  it('of one value is that value, and of no values is 0', () => {
    expect([0, 50, 99, 100].map((p) => percentile([7], p))).toEqual([7, 7, 7, 7]);
    expect(percentile([], 50)).toBe(0);
  });

  it('returns p90 and p99 of 100 values and of 10 values', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    expect([50, 90, 99].map((p) => percentile(hundred, p))).toEqual([50, 90, 99]);
    expect([90, 99].map((p) => percentile(hundred.slice(0, 10), p))).toEqual([9, 10]);
  });
});

describe('items', () => {
  it('have order counts, revenue and percentiles, and are sorted by descending revenue', () => {
    const sales: Sale[] = [
      [10, 1, 300],
      [11, 1, 100],
      [12, 2, 5000],
      [10, 1, 200],
    ];
    expect(analyse(sales, NAMES)).toMatchObject({
      orders: 4,
      items: [
        { item_id: 2, name: 'Chair', orders: 1, revenue_cents: 5000, p50_cents: 5000, p90_cents: 5000 },
        { item_id: 1, name: 'Lamp', orders: 3, revenue_cents: 600, p50_cents: 200, p90_cents: 300, p99_cents: 300 },
      ],
    });
  });

  it('have percentiles of numerically sorted totals', () => {
    const sales = [9, 10, 100].map((total): Sale => [1, 1, total]);
    expect(analyse(sales, NAMES).items[0]).toMatchObject({ p50_cents: 10, p99_cents: 100 });
  });

  it('with the same revenue are sorted by id', () => {
    const sales = [3, 1, 2].map((item_id): Sale => [1, item_id, 100]);
    expect(analyse(sales, NAMES).items.map(({ item_id }) => item_id)).toEqual([1, 2, 3]);
  });

  it('are limited to the 100 with the highest revenue', () => {
    const sales = Array.from({ length: 150 }, (_, i): Sale => [null, i + 1, i]);
    const ids = analyse(sales, NAMES).items.map(({ item_id }) => item_id);
    expect(ids).toEqual(Array.from({ length: 100 }, (_, i) => 150 - i));
  });

  it('without a known name have an empty name', () => {
    expect(analyse([[1, 99, 5]], NAMES).items).toMatchObject([{ item_id: 99, name: '' }]);
  });
});

describe('pairs', () => {
  it('count customers, not orders, and list each pair once', () => {
    const sales: Sale[] = [
      [10, 2, 1],
      [10, 1, 1],
      [10, 1, 1],
      [11, 1, 1],
      [11, 2, 1],
      [11, 3, 1],
    ];
    expect(analyse(sales, NAMES).pairs).toEqual([
      { item_id: 1, other_item_id: 2, customers: 2 },
      { item_id: 1, other_item_id: 3, customers: 1 },
      { item_id: 2, other_item_id: 3, customers: 1 },
    ]);
  });

  it('exclude single items and orders without a customer', () => {
    const sales: Sale[] = [
      [10, 1, 1],
      [10, 1, 1],
      [null, 1, 1],
      [null, 2, 1],
    ];
    expect(analyse(sales, NAMES)).toMatchObject({ orders: 4, pairs: [] });
  });

  it('with the same number of customers are sorted numerically by id', () => {
    const sales = [10, 9, 2].map((item_id): Sale => [1, item_id, 1]);
    const pairs = analyse(sales, NAMES).pairs.map(({ item_id, other_item_id }) => [item_id, other_item_id]);
    expect(pairs).toEqual([
      [2, 9],
      [2, 10],
      [9, 10],
    ]);
  });

  it('are limited to the 50 most frequent, even if customers buy every item', () => {
    const { pairs } = analyse([...everything(1), ...everything(2), [3, 4999, 1], [3, 5000, 1]], NAMES);
    expect(pairs).toHaveLength(50);
    expect(pairs[0]).toEqual({ item_id: 4999, other_item_id: 5000, customers: 3 });
    expect(pairs[1]).toEqual({ item_id: 1, other_item_id: 2, customers: 2 });
  });
});

describe('the report', () => {
  it('does not depend on the sequence of the orders', () => {
    const sales = Array.from({ length: 500 }, (_, i): Sale => [i % 17, (i * 7) % 23, (i * i) % 101]);
    const expected = JSON.stringify(analyse(sales, NAMES));
    expect(JSON.stringify(analyse(sales.toReversed(), NAMES))).toBe(expected);
    const shuffled = sales.toSorted(([a, , c], [b, , d]) => ((a! * 31 + c) % 13) - ((b! * 31 + d) % 13));
    expect(JSON.stringify(analyse(shuffled, NAMES))).toBe(expected);
  });

  it('is empty without orders', () => {
    expect(analyse([], NAMES)).toEqual({ orders: 0, items: [], pairs: [] });
  });
});
