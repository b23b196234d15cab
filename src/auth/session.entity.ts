import { Column, Entity, Generated, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { CreatedAt, Timestamp } from '../kernel/database/columns.js';
import { User } from '../users/user.entity.js';
import type { Rotation } from './rotations.js';

/** One sign-in: its access tokens carry its id, of its refresh tokens only hashes are kept. */
@Entity('sessions')
@Index('sessions_user_id_number_idx', ['user_id', 'number'])
export class Session {
  @PrimaryColumn('uuid')
  id!: string;

  /** The order of lists: an id that is drawn by lot has none. */
  @Column('bigint', { transformer: { to: (value: unknown) => value, from: Number } })
  @Generated('increment')
  number!: number;

  @Column('integer')
  user_id!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id' })
  user?: Relation<User>;

  /** What the client calls itself; null where it says nothing. */
  @Column('text', { nullable: true })
  device!: string | null;

  /** SHA-256 of what all its refresh tokens have in common: what has not that was never a token of this session. */
  @Column('text', { nullable: true })
  family_hash!: string | null;

  /** SHA-256 of the newest refresh token, which alone is good. */
  @Column('text', { nullable: true })
  token_hash!: string | null;

  /** SHA-256 of the one before: it may come again for a while, if the answer to it was lost. */
  @Column('text', { nullable: true })
  parent_hash!: string | null;

  /** What the newest was made of, together with the one before. */
  @Column('text', { nullable: true })
  salt!: string | null;

  /** Rotations before that one whose tokens may still come again, newest first. */
  @Column('json', { default: [] })
  older_rotations!: readonly Rotation[];

  /** How often the refresh token was rotated. */
  @Column('integer', { default: 0 })
  generation!: number;

  @Timestamp({ nullable: true })
  rotated_at!: Date | null;

  /** The sign-in or the newest rotation: requests in between write nothing. */
  @Timestamp({ default: () => 'now()' })
  last_used_at!: Date;

  @CreatedAt()
  created_at!: Date;

  @Timestamp()
  expires_at!: Date;

  /** When it was ended before its time: by its user, by an admin, or because a used-up refresh token came back. */
  @Timestamp({ nullable: true })
  revoked_at!: Date | null;
}
