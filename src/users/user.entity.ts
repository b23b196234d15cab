import { Column, Entity, Index, Unique } from 'typeorm';
import { BaseColumns, TextIndex, Timestamp } from '../kernel/database/columns.js';
import { Searched } from '../kernel/database/searched.decorator.js';
import { UserRole } from '../kernel/access/access.js';

/** A postal address as it is stored. */
export interface StoredAddress {
  street: string;
  city: string;
  country: string;
}

/** An account. The response models decide which fields are shown. */
@Entity('users')
@Unique('users_email_key', ['email'])
@Index('users_is_active_id_idx', ['is_active', 'id'])
@TextIndex('users_is_active_name_id_idx')
@TextIndex('users_is_active_email_id_idx')
@Index('users_is_active_created_at_id_idx', ['is_active', 'created_at', 'id'])
@Index('users_is_active_role_id_idx', ['is_active', 'role', 'id'])
@TextIndex('users_is_active_role_name_id_idx')
@TextIndex('users_is_active_role_email_id_idx')
@Index('users_is_active_role_created_at_id_idx', ['is_active', 'role', 'created_at', 'id'])
@Index('users_admins_idx', ['id'], { where: `role = 'admin' and is_active` })
export class User extends BaseColumns {
  /** In canonical form (kernel/validation/email-address.ts), so that a mailbox cannot have two accounts. */
  @Column('text')
  @Searched('users_email_search_idx')
  email!: string;

  /** When the address was confirmed with a token from a mail. */
  @Timestamp({ nullable: true })
  email_verified_at!: Date | null;

  @Column('text')
  @Searched('users_name_search_idx')
  name!: string;

  @Column('text', { default: UserRole.user })
  role!: UserRole;

  @Column('text', { nullable: true })
  bio!: string | null;

  @Column('boolean', { default: true })
  is_active!: boolean;

  /** An argon2id hash as a PHC string. */
  @Column('text')
  password_hash!: string;

  @Column('json', { nullable: true })
  address!: StoredAddress | null;

  @Column('text', { array: true, default: [] })
  tags!: string[];

  @Column('json', { default: {} })
  metadata!: Record<string, string>;
}
