import type { JobWithMetadata, PgBoss } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { transaction } from '../kernel/database/transaction.js';
import { AttemptLostError } from './attempt.errors.js';
import { lockAttempt } from './lock-attempt.js';
import { requeue } from './requeue.js';
import { transactionDb } from './transaction-db.js';

type Work<T> = (tx: EntityManager) => Promise<T>;

/** One attempt at a job. Handlers receive it to commit their changes together with the job's completion. */
export class JobAttempt {
  constructor(
    private readonly boss: PgBoss,
    private readonly db: EntityManager,
    private readonly fetched: JobWithMetadata,
  ) {}

  /** A UUID, the same for every attempt. */
  get id(): string {
    return this.fetched.id;
  }

  /**
   * Aborts when another attempt has taken over the job, or pg-boss no longer waits for this one. For work that can be
   * interrupted.
   */
  get signal(): AbortSignal {
    return this.fetched.signal;
  }

  /** The number of the attempt, from 1. */
  get attempt(): number {
    return this.fetched.retryCount + 1;
  }

  /** Whether this is the last attempt. */
  get isLast(): boolean {
    return this.fetched.retryCount >= this.fetched.retryLimit;
  }

  get created_at(): Date {
    return this.fetched.createdOn;
  }

  /**
   * Runs `work` and completes the job in one transaction, so that the effect happens exactly once. If another attempt
   * has taken over the job, everything is rolled back and AttemptLostError is thrown, which handlers must not catch.
   */
  finish<T>(work: Work<T>): Promise<T> {
    return transaction(this.db, async (tx) => {
      const result = await this.fenced(tx, work);
      await this.boss.complete(this.fetched.name, this.fetched, null, { db: transactionDb(tx) });
      return result;
    });
  }

  /**
   * Runs a step of a long job, such as a batch, in a transaction. Throws AttemptLostError like `finish`. A later
   * attempt finds the committed changes.
   */
  step<T>(work: Work<T>): Promise<T> {
    return transaction(this.db, (tx) => this.fenced(tx, work));
  }

  /** Puts the job back into the queue after a pause, unless another attempt has it. This attempt does not count. */
  async release(pauseSeconds: number, output?: object): Promise<void> {
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

  /** Locks the job's row after the work, so that heartbeats can update it meanwhile. Throws AttemptLostError. */
  private async fenced<T>(tx: EntityManager, work: Work<T>): Promise<T> {
    const result = await work(tx);
    await lockAttempt(tx, this.fetched);
    return result;
  }
}
