import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { CreatedAt, Timestamp } from '../kernel/database/columns.js';
import { User } from '../users/user.entity.js';

/** The second factor of an account, at most one (RFC 6238). */
@Entity('totps')
export class Totp {
  @PrimaryColumn('integer')
  user_id!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id' })
  user?: Relation<User>;

  /** What the codes are made of, encrypted (sealed-secret.ts): a hash could make no codes. */
  @Column('text')
  sealed_secret!: string;

  /** Null: a secret was given out, but no code has come back yet. It is asked of nobody then. */
  @Timestamp({ nullable: true })
  confirmed_at!: Date | null;

  /** The time step of the last code that was used: that code and older ones are used up. */
  @Column('integer', { default: 0 })
  last_step!: number;

  /** Wrong codes since the last right one. */
  @Column('integer', { default: 0 })
  failures!: number;

  @Timestamp({ nullable: true })
  failed_at!: Date | null;

  /** SHA-256 of each recovery code that is left. */
  @Column('text', { array: true, default: [] })
  recovery_hashes!: string[];

  @CreatedAt()
  created_at!: Date;
}
