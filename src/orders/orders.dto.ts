import { IsEnum, IsInt, IsOptional, Max, Min } from 'class-validator';
import { MAX_ID } from '../kernel/database/ids.js';
import { Versioned } from '../kernel/database/versioned.js';
import { CreatedPageQuery, IsSort } from '../kernel/http/page-query.dto.js';
import { Order, OrderStatus } from './order.entity.js';

/** What 10,000 pieces of the dearest item cost. */
const MAX_TOTAL_CENTS = 1_000_000_000_000;

export class OrderCreate {
  /** @example 1 */
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  item_id!: number;

  /**
   * Pieces.
   * @example 2
   */
  @IsInt()
  @Min(1)
  @Max(10_000)
  quantity!: number;
}

@Versioned(Order)
export class OrderResponse {
  /** @example 1 */
  id!: number;

  /**
   * Who ordered; null once the account is deleted.
   * @example 2
   */
  user_id!: number | null;

  /** @example 1 */
  item_id!: number;

  /** @example 2 */
  quantity!: number;

  /** @example 4990 */
  total_cents!: number;

  status!: OrderStatus;

  created_at!: Date;
}

export class OrderListQuery extends CreatedPageQuery {
  /**
   * Only orders in this state.
   * @example "paid"
   */
  @IsOptional()
  @IsEnum(OrderStatus)
  status?: OrderStatus | null;

  /**
   * Only orders of this item.
   * @example 3
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  item_id?: number | null;

  /**
   * At least this total.
   * @example 1000
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_TOTAL_CENTS)
  min_total_cents?: number | null;

  /**
   * At most this total.
   * @example 100000
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_TOTAL_CENTS)
  max_total_cents?: number | null;

  /**
   * The order: `created_at`, `total_cents`, the one that counts more first, with `-` for descending. Without it: by `id`.
   * @example "created_at,-total_cents"
   */
  @IsSort('created_at', 'total_cents')
  sort?: string | null;
}
