import { ApiSchema } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { MAX_ID } from '../kernel/database/ids.js';
import { OrderResponse } from '../orders/orders.dto.js';
import { UserResponse } from '../users/users.dto.js';

export class DashboardQuery {
  /**
   * Id of the user whose dashboard is shown.
   * @example 2
   */
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  user_id!: number;
}

@ApiSchema({ description: 'Totals of one account.' })
export class DashboardStats {
  /**
   * Number of orders, including cancelled ones.
   * @example 3
   */
  order_count!: number;

  /**
   * Sum of all orders that are not cancelled, in cents.
   * @example 12490
   */
  total_cents!: number;

  /**
   * Number of published posts.
   * @example 1
   */
  post_count!: number;
}

@ApiSchema({ description: 'An overview of one account.' })
export class Dashboard {
  /** The account that the dashboard is about. */
  user!: UserResponse;

  /** Up to ten of the most recent orders, oldest first. */
  orders!: OrderResponse[];

  /** Totals over all orders and posts of the account. */
  stats!: DashboardStats;
}
