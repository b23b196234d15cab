import { Check, Column, Entity, Index, JoinColumn, ManyToOne, Unique, type Relation } from 'typeorm';
import { CreatedAt, Id, Timestamp } from '../kernel/database/columns.js';
import { User } from '../users/user.entity.js';

// Personal access tokens.

/** The scope of a personal access token: read only, or everything that its owner may do. */
export enum AccessScope {
  read = 'read',
  write = 'write',
}

/** A personal access token, with which a script acts for its owner. Revoking deletes the row. */
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

  /** The name that its owner chose. */
  @Column('text')
  name!: string;

  @Column('text')
  scope!: AccessScope;

  /** SHA-256 of the token. The token itself is not stored. */
  @Column('text')
  token_hash!: string;

  @CreatedAt()
  created_at!: Date;

  /** Updated at most once a minute, to avoid a write per request. */
  @Timestamp({ nullable: true })
  last_used_at!: Date | null;

  @Timestamp()
  expires_at!: Date;
}
