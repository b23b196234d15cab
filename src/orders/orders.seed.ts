import { IsEnum, IsInt, IsOptional, Max, Min } from 'class-validator';
import { DEMO_ITEMS } from '../items/items.seed.js';
import { MAX_ID } from '../kernel/database/ids.js';
import { SeedRow, type DemoPerson, type Seed } from '../kernel/database/seed.js';
import { Order, OrderStatus } from './order.entity.js';

class OrderRow extends SeedRow {
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  user_id!: number | null;

  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  item_id!: number;

  @IsInt()
  @Min(1)
  @Max(10_000)
  quantity!: number;

  @IsInt()
  @Min(0)
  @Max(1_000_000_000_000)
  total_cents!: number;

  @IsEnum(OrderStatus)
  status: OrderStatus = OrderStatus.new;
}

const STATES = ['new', 'paid', 'sent', 'sent', 'cancelled'] as const;

/** Returns the demo orders. The last item has no orders. */
function demoOrders(people: readonly DemoPerson[]): object[] {
  const customers = people.filter(({ isAdmin }) => !isAdmin);
  return Array.from({ length: 60 }, (_, i) => {
    const item = DEMO_ITEMS[(i * 7) % (DEMO_ITEMS.length - 1)]!;
    const quantity = (i % 3) + 1;
    const total_cents = quantity * item.price_cents;
    const user_id = customers[i % customers.length]!.id;
    return { id: i + 1, user_id, item_id: item.id, quantity, total_cents, status: STATES[i % 5]! };
  });
}

export default { entity: Order, row: OrderRow, demo: demoOrders } satisfies Seed<OrderRow>;
