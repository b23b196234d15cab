import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Copies of the jobs that failed for good are put into this queue, with their origin. */
export const DEAD_LETTERS = 'dead-letters';
/** pg-boss's scheduler puts its jobs into this queue; each sends the job of a recurring kind. */
export const TICK = 'tick';

/** The jobs that `/jobs` lists: neither copies in the queue of dead letters, whose originals are listed, nor those of the scheduler. */
export const IS_LISTED = `name not in ('${DEAD_LETTERS}', '${TICK}', '__pgboss__send-it')`;

/** The states of a job, as pg-boss names them. */
export enum JobState {
  /** It waits for its first attempt. */
  created = 'created',
  /** It waits for another attempt. */
  retry = 'retry',
  active = 'active',
  completed = 'completed',
  cancelled = 'cancelled',
  /** It has failed for good and is a dead letter. */
  failed = 'failed',
}

/** A row of pg-boss's table of jobs, which pg-boss makes and writes: read for `/jobs`, and locked for transactions. */
@Entity({ schema: 'pgboss', name: 'job', synchronize: false })
export class JobRow {
  @PrimaryColumn('uuid')
  id!: string;

  /** The kind of the job, which is the name of its queue. */
  @Column('text')
  name!: string;

  @Column('text')
  state!: JobState;

  /** The id of the account that the job belongs to. */
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

  /** Why the newest attempt failed: `message` comes from runAttempt, `value` from pg-boss (a timeout, a lost heartbeat). */
  @Column('jsonb', { nullable: true })
  output!: { readonly message?: string; readonly value?: { readonly message?: string } } | null;
}
