import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { CreatedAt, Timestamp } from '../kernel/database/columns.js';
import { User } from '../users/user.entity.js';

/** The second factor of an account (TOTP, RFC 6238). An account has at most one. */
@Entity('totps')
export class Totp {
  @PrimaryColumn('integer')
  user_id!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id' })
  user?: Relation<User>;

  /** The TOTP secret, encrypted (sealed-secret.ts). It cannot be hashed, since codes are computed from it. */
  @Column('text')
  sealed_secret!: string;

  /** When a first code confirmed it; null until then. Sign-in asks for codes only after it is confirmed. */
  @Timestamp({ nullable: true })
  confirmed_at!: Date | null;

  /** The time step of the last used code. Codes of this and earlier steps are refused. */
  @Column('integer', { default: 0 })
  last_step!: number;

  /** The number of wrong codes since the last correct one. */
  @Column('integer', { default: 0 })
  failures!: number;

  @Timestamp({ nullable: true })
  failed_at!: Date | null;

  /** SHA-256 of each unused recovery code. */
  @Column('text', { array: true, default: [] })
  recovery_hashes!: string[];

  @CreatedAt()
  created_at!: Date;
}
