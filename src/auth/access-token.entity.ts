import { Check, Column, Entity, Index, JoinColumn, ManyToOne, Unique, type Relation } from 'typeorm';
import { CreatedAt, Id, Timestamp } from '../kernel/database/columns.js';
import { User } from '../users/user.entity.js';

/** What the bearer of an access token may do: look, or all that its owner may. */
export enum AccessScope {
  read = 'read',
  write = 'write',
}

/** A personal access token: lets a script act for its owner. Revoked, it is gone. */
@Entity('access_tokens')
@Unique('access_tokens_token_hash_key', ['token_hash'])
@Index('access_tokens_user_id_id_idx', ['user_id', 'id'])
@Check('access_tokens_scope_check', `scope in ('read', 'write')`)
export class AccessToken {
  @Id()
  id!: number;

  @Column('integer')
  user_id!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id' })
  user?: Relation<User>;

  /** The owner's word for it. */
  @Column('text')
  name!: string;

  @Column('text')
  scope!: AccessScope;

  /** SHA-256: the token itself is told once and kept nowhere. */
  @Column('text')
  token_hash!: string;

  @CreatedAt()
  created_at!: Date;

  /** To the minute: a row is not written at every request. */
  @Timestamp({ nullable: true })
  last_used_at!: Date | null;

  @Timestamp()
  expires_at!: Date;
}
