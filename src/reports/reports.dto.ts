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
   * Number of orders of the item.
   * @example 12
   */
  orders!: number;

  /**
   * Sum of these orders in cents.
   * @example 59880
   */
  revenue_cents!: number;

  /**
   * Median order: half of the orders were worth at most this many cents.
   * @example 4990
   */
  p50_cents!: number;

  /**
   * 90th percentile: 90 % of the orders were worth at most this many cents.
   * @example 9980
   */
  p90_cents!: number;

  /**
   * 99th percentile: 99 % of the orders were worth at most this many cents.
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
   * Number of orders analysed: the most recent ones that are not cancelled.
   * @example 120
   */
  orders!: number;

  /** Sales figures per item, highest revenue first. */
  items!: ItemSales[];

  /** Items that are often ordered by the same customers, most customers first. */
  pairs!: ItemPair[];
}
