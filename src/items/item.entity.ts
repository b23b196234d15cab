import { Check, Column, CreateDateColumn, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** Something for sale. */
@Entity('items')
@Index('items_name_search_idx', { synchronize: false }) // on lower(name), which TypeORM cannot declare
@Check('items_stock_check', 'stock >= 0')
@Check('items_price_cents_check', 'price_cents >= 0')
export class Item {
  @PrimaryGeneratedColumn('identity', {
    type: 'integer',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'items_pkey',
  })
  id!: number;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('integer')
  price_cents!: number;

  /** Pieces that can still be ordered. */
  @Column('integer')
  stock!: number;

  @CreateDateColumn({ type: 'timestamptz', precision: 3 })
  created_at!: Date;

  /** Counts the changes: a trigger adds one at each. The row's entity tag is made of it. */
  @Column('integer', { default: 1 })
  version!: number;

  get in_stock(): boolean {
    return this.stock > 0;
  }
}
