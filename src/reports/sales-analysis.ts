import type { ItemPair, ItemSales, SalesReport } from './reports.dto.js';

/** One order as far as the analysis needs it: customer (null: deleted), item, worth in cents. */
export type Sale = readonly [user_id: number | null, item_id: number, total_cents: number];

const MAX_ITEMS = 100;
const MAX_PAIRS = 50;
/** Pairs grow with the square of a customer's items. */
const MAX_ITEMS_OF_A_CUSTOMER = 200;

/** What the orders say: the same orders give the same report, in whatever sequence they come. */
export function analyse(sales: readonly Sale[], names: ReadonlyMap<number, string>): SalesReport {
  return { orders: sales.length, items: bestItems(sales, names), pairs: frequentPairs(sales) };
}

/** The value that p percent of the sorted values do not exceed (nearest rank, Hyndman and Fan's type 1). */
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
  const counts = new Map<string, ItemPair>();
  for (const basket of baskets.values()) countPairs(basket, counts);
  return [...counts.values()].toSorted(byCustomers).slice(0, MAX_PAIRS);
}

function byCustomers(a: ItemPair, b: ItemPair): number {
  return b.customers - a.customers || a.item_id - b.item_id || a.other_item_id - b.other_item_id;
}

function countPairs(basket: ReadonlySet<number>, counts: Map<string, ItemPair>): void {
  const items = [...basket].toSorted((a, b) => a - b).slice(0, MAX_ITEMS_OF_A_CUSTOMER);
  items.forEach((item_id, i) => {
    for (const other_item_id of items.slice(i + 1)) {
      const key = `${item_id}/${other_item_id}`;
      const pair = counts.get(key);
      if (pair) pair.customers++;
      else counts.set(key, { item_id, other_item_id, customers: 1 });
    }
  });
}
