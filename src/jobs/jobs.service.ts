import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { PgBoss, type Job, type JobResult } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { Config } from '../kernel/config.js';
import { execute, type Rows } from '../kernel/database/statement.js';
import { Logger } from '../kernel/logging/logger.js';
import { dump } from '../kernel/validation/dump.js';
import { validate } from '../kernel/validation/validate.js';
import type { JobHandler, JobKind } from './job-kind.js';

/** Jobs that failed for the last time end here. */
export const DEAD_LETTERS = 'dead-letters';

const QUEUE = {
  deadLetter: DEAD_LETTERS,
  retryLimit: 5,
  retryBackoff: true,
  retryDelay: 2,
  retryDelayMax: 600,
  expireInSeconds: 60,
  heartbeatSeconds: 10, // a killed worker's job runs again after about this long
  notify: true,
} as const;

/**
 * A full batch is followed by the next at once, so that a backlog goes as fast as it can. New jobs are announced by
 * NOTIFY; those that come back after a failure or from a dead process are found by polling.
 */
const WORK = {
  batchSize: 5,
  burstWhenBatchFull: true,
  perJobResults: true,
  pollingIntervalSeconds: 2,
  notifyPollingIntervalSeconds: 2,
} as const;

/** How long a job may go on when the application stops. */
const FINISH_WITHIN_MS = 5000;

interface Registered {
  readonly kind: JobKind<object>;
  readonly handler: JobHandler<object>;
}

/** The queue: rows in the same database, written in the same transaction as the data that they belong to. */
@Injectable()
export class Jobs implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly boss: PgBoss;
  private readonly registered: Registered[] = [];

  constructor(
    @Inject(Config) config: Config,
    @Inject(Logger) private readonly logger: Logger,
  ) {
    this.boss = new PgBoss({
      connectionString: config.databaseUrl,
      application_name: 'aerie-jobs',
      max: 3,
      migrate: false,
      createSchema: false,
      schedule: false,
      superviseIntervalSeconds: 5,
      monitorIntervalSeconds: 5,
      useListenNotify: true,
    });
    this.boss.on('error', (error) => this.logger.error(error, 'The job queue failed'));
    this.boss.on('warning', (warning) => this.logger.warn(warning.message));
  }

  /** Writes the job with the transaction: it runs after the commit, and never after a rollback. Returns its id. */
  async enqueue<P extends object>(tx: EntityManager, kind: JobKind<P>, payload: P): Promise<string> {
    const executeSql = async (text: string, values: unknown[] = []) => asObjects(await execute(tx, text, values));
    const id = await this.boss.send(kind.name, dump(validate(kind.payload, payload)), { db: { executeSql } });
    if (id === null) throw new Error(`The queue took no job ${kind.name}`);
    return id;
  }

  /** For the feature that owns the kind, while its module starts: who does the work. */
  handle<P extends object>(kind: JobKind<P>, handler: JobHandler<P>): void {
    this.registered.push({ kind, handler: handler as JobHandler<object> });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.boss.start();
    const queues = new Set((await this.boss.getQueues()).map(({ name }) => name));
    if (!queues.has(DEAD_LETTERS)) await this.boss.createQueue(DEAD_LETTERS);
    for (const { kind, handler } of this.registered) {
      if (!queues.has(kind.name)) await this.boss.createQueue(kind.name, QUEUE);
      await this.boss.work<object, JobResult[], typeof WORK>(kind.name, WORK, (jobs) =>
        Promise.all(jobs.map((job) => this.run(kind, handler, job))),
      );
    }
  }

  /** Stops fetching and lets what runs finish for a while, as long as the database is there for it. */
  async beforeApplicationShutdown(): Promise<void> {
    const finished = Promise.all(this.registered.map(({ kind }) => this.boss.offWork(kind.name)));
    await Promise.race([finished, sleep(FINISH_WITHIN_MS, undefined, { ref: false })]);
  }

  /** Gives back what still runs. Requests that were in flight until now could enqueue. */
  async onApplicationShutdown(): Promise<void> {
    await this.boss.stop({ graceful: true, timeout: 1000 });
  }

  private async run(kind: JobKind<object>, handler: JobHandler<object>, { id, data }: Job): Promise<JobResult> {
    let payload: object;
    try {
      payload = validate(kind.payload, data);
    } catch (error) {
      return this.failure(kind, id, error, 'deadletter'); // another attempt would find the same
    }
    try {
      await handler(payload, id);
      return { id, status: 'completed' };
    } catch (error) {
      return this.failure(kind, id, error, 'failed');
    }
  }

  /** For the log with its stack; for who looks at the queue its sentence. */
  private failure(kind: JobKind<object>, id: string, error: unknown, status: 'failed' | 'deadletter'): JobResult {
    this.logger.error(error, `Job ${kind.name} ${id} failed`);
    return { id, status, output: { message: error instanceof Error ? error.message : String(error) } };
  }
}

/** Rows as the queue takes them. Its texts are the same for every job of a kind. */
function asObjects({ fields, rows }: Rows): { rows: object[] } {
  return { rows: rows.map((row) => Object.fromEntries(fields.map(({ name }, i) => [name, row[i]]))) };
}

/** Makes or upgrades the queue's own schema; to be run by one process at a time. */
export async function migrateJobs(config: Config): Promise<void> {
  const boss = new PgBoss({ connectionString: config.databaseUrl, max: 1, supervise: false, schedule: false });
  boss.on('error', () => {}); // start() throws it as well
  await boss.start();
  await boss.stop({ graceful: false });
}
