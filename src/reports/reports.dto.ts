export class ItemSales {
  /** @example 1 */
  item_id!: number;

  /** @example "Desk lamp" */
  name!: string;

  /** @example 12 */
  orders!: number;

  /** @example 59880 */
  revenue_cents!: number;

  /**
   * Half of its orders were worth at most this.
   * @example 4990
   */
  p50_cents!: number;

  /**
   * Nine of ten of its orders were worth at most this.
   * @example 9980
   */
  p90_cents!: number;

  /**
   * 99 of 100 of its orders were worth at most this.
   * @example 12475
   */
  p99_cents!: number;
}

export class ItemPair {
  /** @example 1 */
  item_id!: number;

  /** @example 2 */
  other_item_id!: number;

  /**
   * Customers who ordered both.
   * @example 3
   */
  customers!: number;
}

export class SalesReport {
  /**
   * Orders that were looked at: the newest that are not cancelled.
   * @example 120
   */
  orders!: number;

  /** Items by revenue, highest first. */
  items!: ItemSales[];

  /** Items that the same customers ordered, most customers first. */
  pairs!: ItemPair[];
}
