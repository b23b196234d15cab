import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/**
 * A link of the hash chain over the audit trail. The chain consists of strands, each in the order of commits. A trigger
 * writes the link while the transaction of the event commits.
 */
@Entity('audit_chain')
@Unique('audit_chain_event_id_key', ['event_id'])
export class AuditLink {
  /** From 0. A further strand is used only when several transactions commit at once. */
  @PrimaryColumn('smallint')
  strand!: number;

  /** From 1 in each strand, without gaps. */
  @PrimaryColumn('bigint')
  seq!: string;

  /** Not a foreign key: if the event is deleted, the link reveals it. */
  @Column('bigint')
  event_id!: string;

  /** SHA-256 of the previous hash in the strand and the event. */
  @Column('bytea')
  hash!: Buffer;
}
