import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { Timestamp } from '../database/columns.js';

/**
 * An Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07) with the response to its request. The row is
 * written in the transaction of the request, so that it becomes visible together with the request's effect.
 */
@Entity('idempotency_keys')
export class IdempotencyKey {
  /** The id of the caller; 0 for anonymous callers. */
  @PrimaryColumn('integer')
  caller_id!: number;

  /** Method and path template: `POST /orders`. */
  @PrimaryColumn('text')
  operation!: string;

  @PrimaryColumn('text')
  key!: string;

  /** Identifies the request (fingerprint.ts). */
  @Column('bytea')
  fingerprint!: Buffer;

  @Index('idempotency_keys_expires_at_idx')
  @Timestamp()
  expires_at!: Date;

  /** The status of the response. Null only inside the transaction, until it has a response. */
  @Column('smallint', { nullable: true })
  status!: number | null;

  /** The response's own headers as a flat list of names and values, without those that every response has. */
  @Column('json', { nullable: true })
  headers!: string[] | null;

  /** The body of the response; null if it has none. */
  @Column('text', { nullable: true })
  body!: string | null;
}
