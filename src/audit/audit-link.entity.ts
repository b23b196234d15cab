import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/**
 * A link of the chain that holds the audit trail together, each of its strands in the order of the commits. A trigger writes it while the
 * event's transaction commits.
 */
@Entity('audit_chain')
@Unique('audit_chain_event_id_key', ['event_id'])
export class AuditLink {
  /** From 0: more than one is grown only when several transactions commit at once. */
  @PrimaryColumn('smallint')
  strand!: number;

  /** From 1 in each strand, without gaps. */
  @PrimaryColumn('bigint')
  seq!: string;

  /** No reference: where the event is gone, its link shall tell. */
  @Column('bigint')
  event_id!: string;

  /** SHA-256 of the hash before it in its strand and the event. */
  @Column('bytea')
  hash!: Buffer;
}
