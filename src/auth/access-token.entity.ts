import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  Unique,
  type Relation,
} from 'typeorm';
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
  @PrimaryGeneratedColumn('identity', {
    type: 'integer',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'access_tokens_pkey',
  })
  id!: number;

  @Column('integer')
  user_id!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'access_tokens_user_id_fkey' })
  user?: Relation<User>;

  /** The owner's word for it. */
  @Column('text')
  name!: string;

  @Column('text')
  scope!: AccessScope;

  /** SHA-256: the token itself is told once and kept nowhere. */
  @Column('text')
  token_hash!: string;

  @CreateDateColumn({ type: 'timestamptz', precision: 3 })
  created_at!: Date;

  /** To the minute: a row is not written at every request. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  last_used_at!: Date | null;

  @Column({ type: 'timestamptz', precision: 3 })
  expires_at!: Date;
}
