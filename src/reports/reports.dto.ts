import { ApiSchema } from '@nestjs/swagger';
@ApiSchema({ description: 'Sales figures of one item.' })
export class ItemSales {
  /**
   * Id of the item.
   * @example 1
   */
  item_id!: number;

  /**
   * Name of the item.
   * @example "Desk lamp"
   */
  name!: string;

  /**
   * Number of analysed orders of the item.
   * @example 12
   */
  orders!: number;

  /**
   * Sum of the totals of these orders, in cents.
   * @example 59880
   */
  revenue_cents!: number;

  /**
   * Median of the order totals: half of the orders have a total of at most this many cents.
   * @example 4990
   */
  p50_cents!: number;

  /**
   * 90th percentile of the order totals: 90 % of the orders have a total of at most this many cents.
   * @example 9980
   */
  p90_cents!: number;

  /**
   * 99th percentile of the order totals: 99 % of the orders have a total of at most this many cents.
   * @example 12475
   */
  p99_cents!: number;
}

@ApiSchema({ description: 'Two items that the same customers ordered.' })
export class ItemPair {
  /**
   * Id of one item.
   * @example 1
   */
  item_id!: number;

  /**
   * Id of the other item.
   * @example 2
   */
  other_item_id!: number;

  /**
   * Number of customers who ordered both items.
   * @example 3
   */
  customers!: number;
}

@ApiSchema({ description: 'A sales analysis of the most recent orders.' })
export class SalesReport {
  /**
   * Number of analysed orders: the most recent ones that are not cancelled, at most 200,000.
   * @example 120
   */
  orders!: number;

  /** Sales figures per item, highest revenue first. At most 100 items. */
  items!: ItemSales[];

  /** Pairs of items that the same customers ordered, most customers first. At most 50 pairs. */
  pairs!: ItemPair[];
}
