import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Where a job stands, in the queue's words. */
export enum JobState {
  /** It waits for its first attempt. */
  created = 'created',
  /** It waits for another one. */
  retry = 'retry',
  active = 'active',
  completed = 'completed',
  cancelled = 'cancelled',
  /** For good: it is a dead letter. */
  failed = 'failed',
}

/** A row of the queue's own table, to be read: pg-boss makes the table and writes it. */
@Entity({ schema: 'pgboss', name: 'job', synchronize: false })
export class JobRow {
  @PrimaryColumn('uuid')
  id!: string;

  /** The kind. */
  @Column('text')
  name!: string;

  @Column('text')
  state!: JobState;

  /** The id of the account whose job it is. */
  @Column('text', { nullable: true })
  group_id!: string | null;

  @Column('integer')
  retry_count!: number;

  @Column('timestamptz')
  created_on!: Date;

  @Column('timestamptz')
  start_after!: Date;

  @Column('timestamptz', { nullable: true })
  started_on!: Date | null;

  @Column('timestamptz', { nullable: true })
  completed_on!: Date | null;

  /** Of a failure what was told of it; pg-boss's own failures have it in `value`. */
  @Column('jsonb', { nullable: true })
  output!: { readonly message?: string; readonly value?: { readonly message?: string } } | null;
}
