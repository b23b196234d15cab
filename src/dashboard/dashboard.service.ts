import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { execute } from '../kernel/database/statement.js';
import { ownerOf, type Caller } from '../kernel/access/access.js';
import { Order } from '../orders/order.entity.js';
import { User } from '../users/user.entity.js';
import { existing } from '../kernel/errors/existing.js';
import { userNotFound } from '../users/users.errors.js';
import type { Dashboard, DashboardStats } from './dashboard.dto.js';

const RECENT_ORDERS = 10;

const STATS = `
  select (select count(*)::int from orders where user_id = $1) as order_count,
    (select coalesce(sum(total_cents), 0)::float8 from orders where user_id = $1 and status <> 'cancelled') as total_cents,
    (select count(*)::int from posts where user_id = $1) as post_count`;

@Injectable()
export class DashboardService {
  constructor(
    @InjectRepository(User) private readonly users: BaseRepository<User>,
    @InjectRepository(Order) private readonly orders: BaseRepository<Order>,
  ) {}

  /**
   * Runs three queries in parallel, each on its own connection. Throws userNotFound, also for another user's dashboard.
   */
  async get(caller: Caller, id: number): Promise<Dashboard> {
    const owner = ownerOf(caller);
    if (owner !== null && owner !== id) throw userNotFound(String(id));
    const [user, orders, stats] = await Promise.all([
      this.users.findById(id),
      this.orders.where('user_id = :id').orderBy('id', 'DESC').all({ id, limit: RECENT_ORDERS, offset: 0 }),
      this.stats(id),
    ]);
    return { user: existing(user, userNotFound, id), orders: orders.toReversed(), stats };
  }

  private async stats(id: number): Promise<DashboardStats> {
    const { rows } = await execute(this.orders.manager, STATS, [id], { readOnly: true });
    const [order_count, total_cents, post_count] = rows[0] as number[];
    return { order_count: order_count!, total_cents: total_cents!, post_count: post_count! };
  }
}
