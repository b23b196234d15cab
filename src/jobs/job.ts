import type { JobWithMetadata, PgBoss } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { transaction } from '../kernel/database/transaction.js';
import { AttemptLostError } from './attempt.errors.js';
import { lockAttempt } from './lock-attempt.js';
import { requeue } from './requeue.js';
import { transactionDb } from './transaction-db.js';

type Work<T> = (tx: EntityManager) => Promise<T>;

/** One attempt at a job, as its handler gets it. */
export class Job {
  constructor(
    private readonly boss: PgBoss,
    private readonly db: EntityManager,
    private readonly fetched: JobWithMetadata,
  ) {}

  /** A UUID, the same at every attempt. */
  get id(): string {
    return this.fetched.id;
  }

  /** Aborted when another attempt has the job, or nobody waits for this one any more: for work that can be broken off. */
  get signal(): AbortSignal {
    return this.fetched.signal;
  }

  /** The number of the attempt, from 1. */
  get attempt(): number {
    return this.fetched.retryCount + 1;
  }

  /** Whether there is no other attempt if this one fails. */
  get isLast(): boolean {
    return this.fetched.retryCount >= this.fetched.retryLimit;
  }

  get created_at(): Date {
    return this.fetched.createdOn;
  }

  /**
   * The effect, exactly once: the work and the job's completion are one transaction. If the job does not belong to this
   * attempt any more when it is to be committed, all of it is rolled back. Throws AttemptLostError then, which a handler
   * does not catch.
   */
  finish<T>(work: Work<T>): Promise<T> {
    return transaction(this.db, async (tx) => {
      const result = await this.fenced(tx, work);
      await this.boss.complete(this.fetched.name, this.fetched, null, { db: transactionDb(tx) });
      return result;
    });
  }

  /** A step of a long job, which goes on: progress, a batch. Fenced like `finish`; a later attempt finds what is committed. */
  step<T>(work: Work<T>): Promise<T> {
    return transaction(this.db, (tx) => this.fenced(tx, work));
  }

  /** Puts the job back into the queue, unless the attempt has lost it. The attempt does not count. */
  async giveBack(pauseSeconds: number, output?: object): Promise<void> {
    const changes = { startAfter: pauseSeconds, retryLimit: this.fetched.retryLimit + 1 };
    try {
      await transaction(this.db, async (tx) => {
        await lockAttempt(tx, this.fetched);
        await requeue(this.boss, tx, this.fetched, changes, output);
      });
    } catch (error) {
      if (!(error instanceof AttemptLostError)) throw error;
    }
  }

  /** The row is locked last, so that heartbeats can come while the work goes on. */
  private async fenced<T>(tx: EntityManager, work: Work<T>): Promise<T> {
    const result = await work(tx);
    await lockAttempt(tx, this.fetched);
    return result;
  }
}
