import { ApiSchema } from '@nestjs/swagger';
import { IsEnum, IsInt, IsOptional, Max, Min } from 'class-validator';
import { MAX_ID } from '../kernel/database/ids.js';
import { Versioned } from '../kernel/database/versioned.js';
import { CreatedPageQuery, IsSort } from '../kernel/http/page-query.dto.js';
import { Order, OrderStatus } from './order.entity.js';

/** The price of 10,000 pieces of the most expensive item. */
const MAX_TOTAL_CENTS = 1_000_000_000_000;

@ApiSchema({ description: 'An order to be placed.' })
export class OrderCreate {
  /**
   * Id of the item to order.
   * @example 1
   */
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  item_id!: number;

  /**
   * Number of pieces to order, 1 to 10,000.
   * @example 2
   */
  @IsInt()
  @Min(1)
  @Max(10_000)
  quantity!: number;
}

@Versioned(Order)
@ApiSchema({ description: 'An order of one item.' })
export class OrderResponse {
  /**
   * Id of the order.
   * @example 1
   */
  id!: number;

  /**
   * Id of the user who ordered. Null if the account was deleted.
   * @example 2
   */
  user_id!: number | null;

  /**
   * Id of the ordered item.
   * @example 1
   */
  item_id!: number;

  /**
   * Number of pieces ordered.
   * @example 2
   */
  quantity!: number;

  /**
   * Price of all pieces together in cents, at the time of the order.
   * @example 4990
   */
  total_cents!: number;

  /** `new`, then `paid`, then `sent`. Orders that are new or paid can become `cancelled`. */
  status!: OrderStatus;

  /** When the order was placed (UTC). */
  created_at!: Date;
}

export class OrderListQuery extends CreatedPageQuery {
  /**
   * Only orders with this status.
   * @example "paid"
   */
  @IsOptional()
  @IsEnum(OrderStatus)
  status?: OrderStatus | null;

  /**
   * Only orders of the item with this id.
   * @example 3
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  item_id?: number | null;

  /**
   * Only orders with a total of at least this many cents.
   * @example 1000
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_TOTAL_CENTS)
  min_total_cents?: number | null;

  /**
   * Only orders with a total of at most this many cents.
   * @example 100000
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_TOTAL_CENTS)
  max_total_cents?: number | null;

  /**
   * Fields to sort by, separated by commas: `created_at`, `total_cents`. A leading `-` sorts in descending order.
   * Default: by `id`.
   * @example "created_at,-total_cents"
   */
  @IsSort('created_at', 'total_cents')
  sort?: string | null;
}
