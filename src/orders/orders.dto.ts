import { IsInt, Max, Min } from 'class-validator';
import { MAX_ID } from '../kernel/database/ids.js';
import { Versioned } from '../kernel/database/versioned.js';
import { Order, OrderStatus } from './order.entity.js';

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
