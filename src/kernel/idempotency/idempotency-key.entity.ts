import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { Timestamp } from '../database/columns.js';

/**
 * A key that a client has given to a request (draft-ietf-httpapi-idempotency-key-header-07), written in the transaction
 * of what the request does: who sees it sees effect and answer.
 */
@Entity('idempotency_keys')
export class IdempotencyKey {
  /** Whose key it is; 0 for whoever is not signed in. */
  @PrimaryColumn('integer')
  caller_id!: number;

  /** Method and path template: `POST /orders`. */
  @PrimaryColumn('text')
  operation!: string;

  @PrimaryColumn('text')
  key!: string;

  /** Tells whether a request is the same one (fingerprint.ts). */
  @Column('bytea')
  fingerprint!: Buffer;

  @Index('idempotency_keys_expires_at_idx')
  @Timestamp()
  expires_at!: Date;

  /** Of the answer. Null only for those who are in the transaction, while it goes on. */
  @Column('smallint', { nullable: true })
  status!: number | null;

  /** Its own header fields, names and values by turns; not those of every answer. */
  @Column('json', { nullable: true })
  headers!: string[] | null;

  /** Its bytes, which are UTF-8; null where it has none. */
  @Column('text', { nullable: true })
  body!: string | null;
}
