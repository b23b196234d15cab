import { Column, Entity, PrimaryColumn } from 'typeorm';

// pg-boss's job table as an entity.

/** The dead letter queue: pg-boss puts copies of jobs that have failed permanently here. */
export const DEAD_LETTERS = 'dead-letters';
/** The queue of pg-boss's scheduler. Each of its jobs enqueues a job of a recurring kind. */
export const TICK = 'tick';

/**
 * The condition for jobs that `/jobs` lists: no copies in the dead letter queue (their originals are listed), no
 * scheduler jobs.
 */
export const IS_LISTED = `name not in ('${DEAD_LETTERS}', '${TICK}', '__pgboss__send-it')`;

/** The request that caused a job, also through other jobs (Origin of kernel/context/activity.ts). */
export const CAUSED_BY = `(data -> 'origin' ->> 'request_id')`;

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

/**
 * A row of pg-boss's job table. pg-boss creates and writes it; Aerie reads it for `/jobs` and locks it in transactions.
 */
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

  /**
   * Why the latest attempt failed: `message` is set by runAttempt, `value` by pg-boss (a timeout, a lost heartbeat).
   */
  @Column('jsonb', { nullable: true })
  output!: { readonly message?: string; readonly value?: { readonly message?: string } } | null;
}
