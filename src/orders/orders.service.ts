import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { audit } from '../audit/audit.js';
import { difference } from '../audit/difference.js';
import { Item } from '../items/item.entity.js';
import { itemNotFound } from '../items/items.errors.js';
import { Jobs } from '../jobs/jobs.service.js';
import { Config } from '../config/config.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { CREATED_FILTERS, equals, range, sortOf } from '../kernel/database/filters.js';
import type { Page } from '../kernel/database/page.js';
import type { SelectQuery } from '../kernel/database/select-query.js';
import { execute } from '../kernel/database/statement.js';
import { transaction } from '../kernel/database/transaction.js';
import { existing } from '../kernel/errors/existing.js';
import { ownerOf, type Caller } from '../kernel/access/access.js';
import { Mailer } from '../mail/mailer.js';
import { Order, OrderStatus } from './order.entity.js';
import { OrderConfirmation } from './order-confirmation.js';
import { orderLetter } from './order-letter.js';
import type { OrderCreate, OrderListQuery } from './orders.dto.js';
import { orderNotFound, outOfStock, wrongState } from './orders.errors.js';

/** The states from which an order can move to each state. */
export const BEFORE: Readonly<Record<'paid' | 'sent' | 'cancelled', readonly OrderStatus[]>> = {
  paid: [OrderStatus.new],
  sent: [OrderStatus.paid],
  cancelled: [OrderStatus.new, OrderStatus.paid],
};

const FILTERS = {
  ...CREATED_FILTERS,
  ...equals('status', 'text'),
  ...equals('item_id', 'integer'),
  ...range('total_cents', 'bigint', 'min_total_cents', 'max_total_cents'),
};

const TAKE_STOCK = 'update items set stock = stock - $2 where id = $1 and stock >= $2 returning price_cents';

@Injectable()
export class OrdersService implements OnModuleInit {
  constructor(
    @InjectRepository(Order) private readonly orders: BaseRepository<Order>,
    @InjectRepository(Item) private readonly items: BaseRepository<Item>,
    private readonly jobs: Jobs,
    private readonly mailer: Mailer,
    @Inject(Config) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(OrderConfirmation, ({ order_id }, { id }) => this.confirm(order_id, id));
  }

  /** Reduces the stock and creates the order in one transaction. Throws itemNotFound, outOfStock. */
  place(caller: Caller, { item_id, quantity }: OrderCreate): Promise<Order> {
    return transaction(this.orders.manager, async (tx) => {
      const item = await this.takeStock(item_id, quantity);
      const total_cents = quantity * item.price_cents;
      const order = { user_id: caller.id, item_id, quantity, total_cents, status: OrderStatus.new };
      const placed = await this.orders.insertOne(order);
      await this.jobs.enqueue(tx, OrderConfirmation, { order_id: placed.id }, caller.id);
      return placed;
    });
  }

  /** Returns a page of the caller's orders, or of all orders for an admin. */
  list(caller: Caller, query: OrderListQuery): Promise<Page<Order>> {
    const found = this.visible(caller).filtered(FILTERS, query);
    return found.page({ ...query, sort: sortOf(query) }, { user_id: caller.id });
  }

  /** Throws orderNotFound, also for another user's order. */
  async get(caller: Caller, id: number): Promise<Order> {
    const order = await this.visible(caller).where('id = :id').one({ id, user_id: caller.id });
    return existing(order, orderNotFound, id);
  }

  /**
   * Changes the status of an order. A cancelled order returns its pieces to the stock. Throws orderNotFound,
   * wrongState.
   */
  move(caller: Caller, id: number, status: keyof typeof BEFORE): Promise<Order> {
    return transaction(this.orders.manager, async (tx) => {
      // does not block foreign key checks, which avoids deadlocks
      const mine = this.visible(caller).where('id = :id').locked('for_no_key_update');
      const order = existing(await mine.one({ id, user_id: caller.id }), orderNotFound, id);
      if (!BEFORE[status].includes(order.status)) throw wrongState(order.status, status);
      if (status === 'cancelled') await this.items.increment({ id: order.item_id }, 'stock', order.quantity);
      const changes = { status: OrderStatus[status] };
      const details = { ...difference(order, changes, ['status']) };
      await audit(tx, { actor_id: caller.id, action: 'order.moved', subject: `orders/${id}`, details });
      return this.orders.updateOne(order, changes);
    });
  }

  /**
   * Mails the customer, unless their account was deleted. Throws orderNotFound: orders are never deleted, so the next
   * attempt finds it.
   */
  private async confirm(order_id: number, id: string): Promise<void> {
    const found = await this.orders.findOne({ where: { id: order_id }, relations: { user: true, item: true } });
    const order = existing(found, orderNotFound, order_id);
    if (!order.user) return;
    await this.mailer.send({ id, to: order.user.email, ...orderLetter(order, order.user, this.config) });
  }

  /** Returns a query for the orders that the caller can see: their own (of `user_id`), or all for an admin. */
  private visible(caller: Caller): SelectQuery<Order> {
    return ownerOf(caller) === null ? this.orders.rows : this.orders.where('user_id = :user_id');
  }

  /**
   * Reduces the stock in one statement, by all pieces or none, so that concurrent orders never oversell. Returns the
   * price. Throws itemNotFound, outOfStock.
   */
  private async takeStock(item_id: number, quantity: number): Promise<Pick<Item, 'price_cents'>> {
    const { rows } = await execute(this.items.manager, TAKE_STOCK, [item_id, quantity]);
    const [taken] = rows as [number][];
    if (taken) return { price_cents: taken[0] };
    const short = await this.items.findById(item_id);
    throw short ? outOfStock(short.stock, item_id) : itemNotFound(String(item_id));
  }
}
