import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { CreatedAt } from '../kernel/database/columns.js';
import { User } from '../users/user.entity.js';
import type { ImportRefusal } from './imports.dto.js';

/**
 * The progress of an import of accounts. It is saved in the transaction of each batch, so that the same file with the
 * same id continues after the last batch.
 */
@Entity('user_imports')
export class UserImport {
  /** The user who imports. Import ids are unique only per user. */
  @PrimaryColumn('integer')
  user_id!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id' })
  user?: Relation<User>;

  @PrimaryColumn('uuid')
  id!: string;

  /** The number of committed rows. */
  @Column('integer', { default: 0 })
  rows!: number;

  /** The SHA-256 of those rows in hexadecimal. It detects that another file was sent. */
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
