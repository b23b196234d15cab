import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A key that a client has given to a request (draft-ietf-httpapi-idempotency-key-header-07), written in the transaction
 * of what the request does: who sees it sees effect and answer.
 */
@Entity('idempotency_keys')
export class IdempotencyKey {
  /** Whose key it is; 0 for whoever is not signed in. */
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'idempotency_keys_pkey' })
  caller_id!: number;

  /** Method and path template: `POST /orders`. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'idempotency_keys_pkey' })
  operation!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'idempotency_keys_pkey' })
  key!: string;

  /** Tells whether a request is the same one (fingerprint.ts). */
  @Column('bytea')
  fingerprint!: Buffer;

  @Index('idempotency_keys_expires_at_idx')
  @Column({ type: 'timestamptz', precision: 3 })
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
