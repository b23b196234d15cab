import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique, type Relation } from 'typeorm';
import { Timestamp } from '../kernel/database/columns.js';
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
  @PrimaryColumn('integer')
  user_id!: number;

  @PrimaryColumn('text')
  purpose!: TokenPurpose;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id' })
  user?: Relation<User>;

  /** Where it was mailed to. */
  @Column('text')
  email!: string;

  /** SHA-256: only the mail has the token itself. */
  @Column('text')
  token_hash!: string;

  @Timestamp()
  created_at!: Date;

  @Index('account_tokens_expires_at_idx')
  @Timestamp()
  expires_at!: Date;

  /** When it was used, or made void by something else. */
  @Timestamp({ nullable: true })
  used_at!: Date | null;
}
