import { Check, Column, Entity, Index } from 'typeorm';
import { BaseColumns, TextIndex } from '../kernel/database/columns.js';
import { Searched } from '../kernel/database/searched.decorator.js';

/** An item for sale. */
@Entity('items')
@TextIndex('items_name_id_idx')
@Index('items_price_cents_id_idx', ['price_cents', 'id'])
@Index('items_stock_id_idx', ['stock', 'id'])
@Index('items_created_at_id_idx', ['created_at', 'id'])
@Check('items_stock_check', 'stock >= 0')
@Check('items_price_cents_check', 'price_cents >= 0')
export class Item extends BaseColumns {
  @Column('text')
  @Searched('items_name_search_idx')
  name!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('integer')
  price_cents!: number;

  /** Pieces that can still be ordered. */
  @Column('integer')
  stock!: number;

  get in_stock(): boolean {
    return this.stock > 0;
  }
}
