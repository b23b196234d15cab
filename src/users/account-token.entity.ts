import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique, type Relation } from 'typeorm';
import { Timestamp } from '../kernel/database/columns.js';
import { User } from './user.entity.js';

/** What the recipient of a mail can do with its token. */
export enum TokenPurpose {
  /** Set a new password without the old one. */
  password_reset = 'password_reset',
  /** Confirm the account's address. */
  email_verification = 'email_verification',
  /** Change the account's address to the one that the token was sent to. */
  email_change = 'email_change',
}

/** A token that was sent by mail. An account has at most one per purpose, the newest. */
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

  /** The address that it was sent to. */
  @Column('text')
  email!: string;

  /** SHA-256 of the token. Only the mail contains the token itself. */
  @Column('text')
  token_hash!: string;

  @Timestamp()
  created_at!: Date;

  @Index('account_tokens_expires_at_idx')
  @Timestamp()
  expires_at!: Date;

  /** When it was used or voided. */
  @Timestamp({ nullable: true })
  used_at!: Date | null;
}
