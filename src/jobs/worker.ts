import { setTimeout as sleep } from 'node:timers/promises';
import type { JobResult, JobWithMetadata, PgBoss } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { execute } from '../kernel/database/statement.js';
import type { Logger } from '../kernel/logging/logger.js';
import { attempt, type Registered } from './attempt.js';
import { AttemptLost, NotNow } from './outcomes.js';
import { workOf } from './queue.js';
import { RELEASE } from './statements.js';

/** Takes jobs out of the queue and has them done. */
export class Worker {
  private readonly kinds: string[] = [];
  private readonly running = new Map<string, JobWithMetadata>();

  constructor(
    private readonly boss: PgBoss,
    private readonly db: EntityManager,
    private readonly logger: Logger,
  ) {}

  async start(registered: readonly Registered[]): Promise<void> {
    for (const one of registered) {
      const { kind } = one;
      await this.boss.work<object, JobResult[], ReturnType<typeof workOf>>(kind.name, workOf(kind), (jobs) =>
        Promise.all(jobs.map((job) => this.run(one, job))),
      );
      this.kinds.push(kind.name);
    }
  }

  /** Takes no more, lets what runs come to its end for a while, and gives the rest back: others take it at once. */
  async stop(withinMs: number): Promise<void> {
    const finished = Promise.all(this.kinds.map((name) => this.boss.offWork(name)));
    await Promise.race([finished, sleep(withinMs, undefined, { ref: false })]);
    for (const { name, id, retryCount } of this.running.values()) {
      await execute(this.db, RELEASE, [name, id, retryCount]);
    }
  }

  private async run(registered: Registered, job: JobWithMetadata): Promise<JobResult> {
    this.running.set(job.id, job);
    const { result, error } = await attempt(this.db, registered, job);
    this.running.delete(job.id);
    if (error instanceof NotNow || error instanceof AttemptLost) {
      this.logger.warn(`Job ${job.name} ${job.id}: ${error.message}`);
    } else if (error !== undefined) {
      this.logger.error(error, `Job ${job.name} ${job.id} failed`);
    }
    return result;
  }
}
