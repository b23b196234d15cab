import { Check, Column, Entity, Index, JoinColumn, ManyToOne, type Relation } from 'typeorm';
import { BaseColumns, SafeBigInt } from '../kernel/database/columns.js';
import { Item } from '../items/item.entity.js';
import { User } from '../users/user.entity.js';

/** `new → paid → sent`, and `new` or `paid` → `cancelled`. */
export enum OrderStatus {
  new = 'new',
  paid = 'paid',
  sent = 'sent',
  cancelled = 'cancelled',
}

/** An order of one item, at the price at that time. */
@Entity('orders')
@Index('orders_created_at_id_idx', ['created_at', 'id'])
@Index('orders_total_cents_id_idx', ['total_cents', 'id'])
@Index('orders_user_id_id_idx', ['user_id', 'id'])
@Index('orders_user_id_created_at_id_idx', ['user_id', 'created_at', 'id'])
@Index('orders_user_id_total_cents_id_idx', ['user_id', 'total_cents', 'id'])
@Index('orders_status_id_idx', ['status', 'id'])
@Index('orders_status_created_at_id_idx', ['status', 'created_at', 'id'])
@Index('orders_status_total_cents_id_idx', ['status', 'total_cents', 'id'])
@Index('orders_item_id_id_idx', ['item_id', 'id'])
@Index('orders_item_id_created_at_id_idx', ['item_id', 'created_at', 'id'])
@Index('orders_item_id_total_cents_id_idx', ['item_id', 'total_cents', 'id'])
@Check('orders_quantity_check', 'quantity > 0')
@Check('orders_status_check', `status in ('new', 'paid', 'sent', 'cancelled')`)
export class Order extends BaseColumns {
  /** Null after the account was deleted: the order is kept for accounting, without the person. */
  @Column('integer', { nullable: true })
  user_id!: number | null;

  @ManyToOne(() => User, { onDelete: 'SET NULL' })
  @JoinColumn({ name: 'user_id' })
  user?: Relation<User>;

  @Column('integer')
  item_id!: number;

  @ManyToOne(() => Item, { onDelete: 'RESTRICT' })
  @JoinColumn({ name: 'item_id' })
  item?: Relation<Item>;

  @Column('integer')
  quantity!: number;

  /** The limits of price and quantity keep it within JavaScript's safe integers. */
  @SafeBigInt()
  total_cents!: number;

  @Column('text', { default: OrderStatus.new })
  status!: OrderStatus;
}
