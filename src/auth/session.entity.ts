import { Column, Entity, Generated, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { CreatedAt, Timestamp } from '../kernel/database/columns.js';
import { User } from '../users/user.entity.js';
import type { Rotation } from './refresh-token-rotation.js';

/** A session, from sign-in to sign-out. Its access tokens contain its id. Refresh tokens are stored as hashes only. */
@Entity('sessions')
@Index('sessions_user_id_number_idx', ['user_id', 'number'])
export class Session {
  @PrimaryColumn('uuid')
  id!: string;

  /** The order of lists, since random ids have no order. */
  @Column('bigint', { transformer: { to: (value: unknown) => value, from: Number } })
  @Generated('increment')
  number!: number;

  @Column('integer')
  user_id!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id' })
  user?: Relation<User>;

  /** The client's `User-Agent`; null if it sent none. */
  @Column('text', { nullable: true })
  device!: string | null;

  /**
   * SHA-256 of the secret that all refresh tokens of the session share. Tokens without it never belonged to the
   * session.
   */
  @Column('text', { nullable: true })
  family_hash!: string | null;

  /** SHA-256 of the newest refresh token, the only valid one. */
  @Column('text', { nullable: true })
  token_hash!: string | null;

  /** SHA-256 of the previous refresh token, which may be sent again within the grace period. */
  @Column('text', { nullable: true })
  parent_hash!: string | null;

  /** The salt with which the newest token was derived from the previous one. */
  @Column('text', { nullable: true })
  salt!: string | null;

  /** Earlier rotations within the grace period, newest first. */
  @Column('json', { default: [] })
  older_rotations!: readonly Rotation[];

  /** The number of rotations. */
  @Column('integer', { default: 0 })
  generation!: number;

  @Timestamp({ nullable: true })
  rotated_at!: Date | null;

  /** The time of the sign-in or of the latest rotation. Other requests do not update it. */
  @Timestamp({ default: () => 'now()' })
  last_used_at!: Date;

  @CreatedAt()
  created_at!: Date;

  @Timestamp()
  expires_at!: Date;

  /** When it was ended early: by its user, by an admin, or because a used refresh token was sent again. */
  @Timestamp({ nullable: true })
  revoked_at!: Date | null;
}
