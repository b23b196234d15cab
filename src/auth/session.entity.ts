import {
  Column,
  CreateDateColumn,
  Entity,
  Generated,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  type Relation,
} from 'typeorm';
import { User } from '../users/user.entity.js';

/** One sign-in: its access tokens carry its id, of its refresh tokens only hashes are kept. */
@Entity('sessions')
@Index('sessions_user_id_number_idx', ['user_id', 'number'])
export class Session {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sessions_pkey' })
  id!: string;

  /** The order of lists: an id that is drawn by lot has none. */
  @Column('bigint', { transformer: { to: (value: unknown) => value, from: Number } })
  @Generated('increment')
  number!: number;

  @Column('integer')
  user_id!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'sessions_user_id_fkey' })
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

  /** How often the refresh token was rotated. */
  @Column('integer', { default: 0 })
  generation!: number;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  rotated_at!: Date | null;

  /** The sign-in or the newest rotation: requests in between write nothing. */
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  last_used_at!: Date;

  @CreateDateColumn({ type: 'timestamptz', precision: 3 })
  created_at!: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  expires_at!: Date;

  /** When it was ended before its time: by its user, by an admin, or because a used-up refresh token came back. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  revoked_at!: Date | null;
}
