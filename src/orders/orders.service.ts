import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EntityManager, type SelectQueryBuilder } from 'typeorm';
import { audit } from '../audit/audit.js';
import { Item } from '../items/item.entity.js';
import { itemNotFound } from '../items/items.errors.js';
import { Jobs } from '../jobs/jobs.service.js';
import { ownerOf, type Caller } from '../kernel/http/access.js';
import type { Slice } from '../kernel/http/answer.js';
import type { PageQuery } from '../kernel/http/page-query.dto.js';
import { slice } from '../kernel/http/pagination.js';
import { Mailer } from '../mail/mailer.js';
import { Order, OrderStatus } from './order.entity.js';
import { OrderConfirmation } from './order-confirmation.js';
import type { OrderCreate } from './orders.dto.js';
import { orderNotFound, outOfStock, wrongState } from './orders.errors.js';

/** From which states an order may come into another. */
export const BEFORE: Readonly<Record<'paid' | 'sent' | 'cancelled', readonly OrderStatus[]>> = {
  paid: [OrderStatus.new],
  sent: [OrderStatus.paid],
  cancelled: [OrderStatus.new, OrderStatus.paid],
};

@Injectable()
export class OrdersService implements OnModuleInit {
  constructor(
    private readonly db: EntityManager,
    private readonly jobs: Jobs,
    private readonly mailer: Mailer,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(OrderConfirmation, ({ order_id }, id) => this.confirm(order_id, id));
  }

  /** Takes the stock and writes the order. Throws itemNotFound, outOfStock. */
  place(caller: Caller, { item_id, quantity }: OrderCreate): Promise<Order> {
    return this.db.transaction(async (tx) => {
      const item = await takeStock(tx, item_id, quantity);
      const total_cents = quantity * item.price_cents;
      const order = { user_id: caller.id, item_id, quantity, total_cents, status: OrderStatus.new };
      const placed = await tx.save(Order, order as Order);
      await this.jobs.enqueue(tx, OrderConfirmation, { order_id: placed.id });
      return placed;
    });
  }

  /** The caller's orders; all for an admin. */
  list(caller: Caller, page: PageQuery): Promise<Slice<Order>> {
    return slice(visible(this.db, caller), page);
  }

  /** Throws orderNotFound, also for an order of somebody else. */
  async get(caller: Caller, id: number): Promise<Order> {
    const order = await visible(this.db, caller).andWhere('"order".id = :id', { id }).getOne();
    if (!order) throw orderNotFound(String(id));
    return order;
  }

  /** Moves the order on; a cancelled one gives its pieces back. Throws orderNotFound, wrongState. */
  move(caller: Caller, id: number, status: keyof typeof BEFORE): Promise<Order> {
    return this.db.transaction(async (tx) => {
      const query = visible(tx, caller).andWhere('"order".id = :id', { id });
      const order = await query.setLock('for_no_key_update').getOne(); // foreign key checks need not wait: no deadlock
      if (!order) throw orderNotFound(String(id));
      if (!BEFORE[status].includes(order.status)) throw wrongState(order.status, status);
      if (status === 'cancelled') await tx.increment(Item, { id: order.item_id }, 'stock', order.quantity);
      const details = { from: order.status, to: status };
      await audit(tx, { actor_id: caller.id, action: 'order.moved', subject: `orders/${id}`, details });
      order.status = OrderStatus[status];
      return tx.save(Order, order);
    });
  }

  /** Mails the customer; nobody to mail to is no error. */
  private async confirm(order_id: number, id: string): Promise<void> {
    const order = await this.db.findOne(Order, { where: { id: order_id }, relations: { user: true, item: true } });
    if (!order?.user) return;
    const total = (order.total_cents / 100).toFixed(2);
    await this.mailer.send({
      id,
      to: order.user.email,
      subject: `Your order ${order.id}`,
      text: `Hello ${order.user.name},\n\nthank you for your order of ${order.quantity} × ${order.item!.name}: ${total}.\n`,
    });
  }
}

/** The orders through the caller's eyes: his own, or all for an admin. */
function visible(db: EntityManager, caller: Caller): SelectQueryBuilder<Order> {
  const query = db.createQueryBuilder(Order, 'order');
  const owner = ownerOf(caller);
  return owner === null ? query : query.where('"order".user_id = :owner', { owner });
}

/** One statement takes the pieces or nothing: never oversold, whoever else is ordering. Throws itemNotFound, outOfStock. */
async function takeStock(tx: EntityManager, item_id: number, quantity: number): Promise<Pick<Item, 'price_cents'>> {
  const taken = await tx
    .createQueryBuilder()
    .update(Item)
    .set({ stock: () => 'stock - :quantity' })
    .where('id = :item_id and stock >= :quantity', { item_id, quantity })
    .returning(['price_cents'])
    .execute();
  const [item] = taken.raw as Pick<Item, 'price_cents'>[];
  if (item) return item;
  const short = await tx.findOneBy(Item, { id: item_id });
  throw short ? outOfStock(short.stock, item_id) : itemNotFound(String(item_id));
}
