import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { CreatedAt } from '../kernel/database/columns.js';
import { User } from '../users/user.entity.js';
import type { ImportRefusal } from './imports.dto.js';

/**
 * How far an import of accounts has come: written in the transaction of each batch, so that the same file under the same
 * id goes on behind the last one.
 */
@Entity('user_imports')
export class UserImport {
  /** Who imports: ids of others are not in his way. */
  @PrimaryColumn('integer')
  user_id!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id' })
  user?: Relation<User>;

  @PrimaryColumn('uuid')
  id!: string;

  /** Rows that are done. */
  @Column('integer', { default: 0 })
  rows!: number;

  /** SHA-256 of those rows, in hexadecimal: another file is not taken for this one. */
  @Column('text', { default: '' })
  digest!: string;

  @Column('integer', { default: 0 })
  created!: number;

  @Column('integer', { default: 0 })
  refused!: number;

  @Column('json', { default: [] })
  refusals!: ImportRefusal[];

  @CreatedAt()
  created_at!: Date;
}
