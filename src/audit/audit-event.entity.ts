import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Timestamp } from '../kernel/database/columns.js';

/**
 * An audit event: who did what. It is written in the transaction of the change. Triggers refuse to change or delete
 * rows, and a hash chain reveals it if this happens anyway.
 */
@Entity('audit_events')
@Index('audit_events_at_id_idx', ['at', 'id'])
@Index('audit_events_actor_id_id_idx', ['actor_id', 'id'])
@Index('audit_events_action_id_idx', ['action', 'id'])
@Index('audit_events_subject_id_idx', ['subject', 'id'])
export class AuditEvent {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
  })
  id!: string;

  /** The time of writing, not the start of the transaction, so that ids rise with time. */
  @Timestamp({ default: () => 'clock_timestamp()' })
  at!: Date;

  /** The user who did it; null if nobody was signed in. Not a foreign key, since the trail outlives the account. */
  @Column('integer', { nullable: true })
  actor_id!: number | null;

  /** For example `user.updated`. */
  @Column('text')
  action!: string;

  /** The object that it was done to, for example `users/7`. */
  @Column('text')
  subject!: string;

  @Index('audit_events_request_id_idx')
  @Column('text', { nullable: true })
  request_id!: string | null;

  /** Where the request came from: an IPv4 address, or the /64 network of an IPv6 address. */
  @Column('text', { nullable: true })
  address!: string | null;

  /** What changed and why, without secrets. */
  @Column('json', { default: {} })
  details!: Record<string, unknown>;
}
