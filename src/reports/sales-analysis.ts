import type { ItemPair, ItemSales, SalesReport } from './reports.dto.js';

/** The fields of an order that the analysis needs: customer (null if deleted), item, total in cents. */
export type Sale = readonly [user_id: number | null, item_id: number, total_cents: number];

const MAX_ITEMS = 100;
const MAX_PAIRS = 50;
/**
 * The number of items among which pairs are counted: those with the most customers. The number of pairs grows with its
 * square.
 */
const MAX_PAIRED_ITEMS = 1000;

/** Returns the report of these orders. Their sequence does not change the result. */
export function analyse(sales: readonly Sale[], names: ReadonlyMap<number, string>): SalesReport {
  return { orders: sales.length, items: bestItems(sales, names), pairs: frequentPairs(sales) };
}

/**
 * Returns the value that p percent of the sorted values do not exceed (nearest rank, Hyndman and Fan's type 1), or 0 if
 * there are none.
 */
export function percentile(sorted: readonly number[], p: number): number {
  const rank = Math.ceil((p / 100) * sorted.length);
  return sorted[Math.max(rank, 1) - 1] ?? 0;
}

function bestItems(sales: readonly Sale[], names: ReadonlyMap<number, string>): ItemSales[] {
  const totals = new Map<number, number[]>();
  for (const [, item_id, total] of sales) {
    const known = totals.get(item_id);
    if (known) known.push(total);
    else totals.set(item_id, [total]);
  }
  const items = [...totals].map(([item_id, values]): ItemSales => {
    const sorted = values.toSorted((a, b) => a - b);
    return {
      item_id,
      name: names.get(item_id) ?? '',
      orders: sorted.length,
      revenue_cents: sorted.reduce((sum, value) => sum + value, 0),
      p50_cents: percentile(sorted, 50),
      p90_cents: percentile(sorted, 90),
      p99_cents: percentile(sorted, 99),
    };
  });
  return items.toSorted((a, b) => b.revenue_cents - a.revenue_cents || a.item_id - b.item_id).slice(0, MAX_ITEMS);
}

function frequentPairs(sales: readonly Sale[]): ItemPair[] {
  const baskets = new Map<number, Set<number>>();
  for (const [user_id, item_id] of sales) {
    if (user_id === null) continue;
    const basket = baskets.get(user_id);
    if (basket) basket.add(item_id);
    else baskets.set(user_id, new Set([item_id]));
  }
  const items = favourites(baskets.values());
  const counts = countPairs(baskets.values(), items);
  const pairs: ItemPair[] = [];
  counts.forEach((customers, at) => {
    if (customers === 0) return;
    const [first, second] = [Math.floor(at / items.length), at % items.length];
    pairs.push({ item_id: items[first]!, other_item_id: items[second]!, customers });
  });
  return pairs.toSorted(byCustomers).slice(0, MAX_PAIRS);
}

function byCustomers(a: ItemPair, b: ItemPair): number {
  return b.customers - a.customers || a.item_id - b.item_id || a.other_item_id - b.other_item_id;
}

/** Returns the items with the most customers, sorted by id. */
function favourites(baskets: Iterable<ReadonlySet<number>>): number[] {
  const customers = new Map<number, number>();
  for (const basket of baskets) for (const item_id of basket) customers.set(item_id, (customers.get(item_id) ?? 0) + 1);
  const ranked = [...customers].toSorted(([a, ofA], [b, ofB]) => ofB - ofA || a - b).slice(0, MAX_PAIRED_ITEMS);
  return ranked.map(([item_id]) => item_id).toSorted((a, b) => a - b);
}

/**
 * Returns the number of baskets that hold both items, as a matrix of positions: first × items.length + second, first <
 * second.
 */
function countPairs(baskets: Iterable<ReadonlySet<number>>, items: readonly number[]): Uint32Array {
  const positions = new Map(items.map((item_id, position) => [item_id, position]));
  const counts = new Uint32Array(items.length ** 2);
  for (const basket of baskets) {
    const held = [...basket].map((item_id) => positions.get(item_id)).filter((position) => position !== undefined);
    const sorted = Uint32Array.from(held).sort();
    for (let i = 0; i < sorted.length; i++) {
      for (let j = i + 1; j < sorted.length; j++) counts[sorted[i]! * items.length + sorted[j]!]!++;
    }
  }
  return counts;
}
