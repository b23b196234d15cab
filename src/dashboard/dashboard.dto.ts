import { IsInt, Max, Min } from 'class-validator';
import { MAX_ID } from '../kernel/database/ids.js';
import { OrderResponse } from '../orders/orders.dto.js';
import { UserResponse } from '../users/users.dto.js';

export class DashboardQuery {
  /**
   * Whose dashboard.
   * @example 2
   */
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  user_id!: number;
}

export class DashboardStats {
  /** @example 3 */
  order_count!: number;

  /**
   * Of all orders that are not cancelled.
   * @example 12490
   */
  total_cents!: number;

  /** @example 1 */
  post_count!: number;
}

export class Dashboard {
  user!: UserResponse;

  /** The ten newest orders, the oldest of them first. */
  orders!: OrderResponse[];

  stats!: DashboardStats;
}
