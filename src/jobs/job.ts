import type { EntityManager } from 'typeorm';
import { execute } from '../kernel/database/statement.js';
import { transaction } from '../kernel/database/transaction.js';
import { AttemptLost } from './outcomes.js';
import { COMPLETE, HOLD } from './statements.js';

/** What is told of a job when it is taken out of the queue. */
export interface Taken {
  readonly id: string;
  readonly name: string;
  readonly retryCount: number;
  readonly retryLimit: number;
  readonly createdOn: Date;
  readonly signal: AbortSignal;
}

type Work<T> = (tx: EntityManager) => Promise<T>;

/** One attempt at a job. */
export class Job {
  /** Ends when another attempt has the job, or nobody waits for this one any more: for work that can be broken off. */
  readonly signal: AbortSignal;

  constructor(
    private readonly db: EntityManager,
    private readonly taken: Taken,
  ) {
    this.signal = taken.signal;
  }

  /** A UUID, the same at every attempt. */
  get id(): string {
    return this.taken.id;
  }

  /** From 1. */
  get attempt(): number {
    return this.taken.retryCount + 1;
  }

  /** Whether there is no other attempt if this one fails. */
  get isLast(): boolean {
    return this.taken.retryCount >= this.taken.retryLimit;
  }

  get created_at(): Date {
    return this.taken.createdOn;
  }

  /**
   * The effect, exactly once: the work and the job's completion are one transaction. If the job is not this attempt's any
   * more when it is to be committed, all of it is rolled back. Throws AttemptLost then, which a handler lets pass.
   */
  finish<T>(work: Work<T>): Promise<T> {
    return this.fenced(COMPLETE, work);
  }

  /** A step of a long job, which goes on: progress, a batch. Fenced like `finish`; a later attempt finds what is committed. */
  step<T>(work: Work<T>): Promise<T> {
    return this.fenced(HOLD, work);
  }

  /** The row is locked last, so that heartbeats can come while the work goes on. */
  private fenced<T>(statement: string, work: Work<T>): Promise<T> {
    const { name, id, retryCount } = this.taken;
    return transaction(this.db, async (tx) => {
      const result = await work(tx);
      const { rows } = await execute(tx, statement, [name, id, retryCount]);
      if (rows.length === 0) throw new AttemptLost();
      return result;
    });
  }
}
