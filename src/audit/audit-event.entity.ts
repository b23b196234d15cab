import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Timestamp } from '../kernel/database/columns.js';

/** Who did what, in the transaction in which it was done. Rows are only ever added: triggers refuse the rest, and a chain tells. */
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

  /** When it was written, not when its transaction began: with it, ids rise too. */
  @Timestamp({ default: () => 'clock_timestamp()' })
  at!: Date;

  /** Who did it; null: nobody signed in. No reference: the trail outlives the account. */
  @Column('integer', { nullable: true })
  actor_id!: number | null;

  /** e.g. `user.updated`. */
  @Column('text')
  action!: string;

  /** What it was done to, e.g. `users/7`. */
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
