import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique, type Relation } from 'typeorm';
import { User } from './user.entity.js';

/** What whoever has read a mail may do. */
export enum TokenPurpose {
  /** Set a new password without the old one. */
  password_reset = 'password_reset',
  /** Show that the account's address is his. */
  email_verification = 'email_verification',
  /** Give the account this address. */
  email_change = 'email_change',
}

/** A token that was mailed to somebody. Of each purpose an account has one, the newest. */
@Entity('account_tokens')
@Unique('account_tokens_token_hash_key', ['token_hash'])
@Check('account_tokens_purpose_check', `purpose in ('password_reset', 'email_verification', 'email_change')`)
export class AccountToken {
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'account_tokens_pkey' })
  user_id!: number;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'account_tokens_pkey' })
  purpose!: TokenPurpose;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'account_tokens_user_id_fkey' })
  user?: Relation<User>;

  /** Where it was mailed to. */
  @Column('text')
  email!: string;

  /** SHA-256: only the mail has the token itself. */
  @Column('text')
  token_hash!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  created_at!: Date;

  @Index('account_tokens_expires_at_idx')
  @Column({ type: 'timestamptz', precision: 3 })
  expires_at!: Date;

  /** When it was used, or made void by something else. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  used_at!: Date | null;
}
