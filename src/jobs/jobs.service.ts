import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { IsString, MaxLength } from 'class-validator';
import { PgBoss } from 'pg-boss';
import { EntityManager } from 'typeorm';
import { Config } from '../config/config.js';
import { currentOrigin } from '../kernel/context/activity.js';
import { Logger } from '../kernel/logging/logger.js';
import { uuid7 } from './uuid7.js';
import { assertModel } from '../kernel/validation/validate.js';
import { jobKind, NoPayload, toJobData, type JobHandler, type JobKind } from './job-kind.js';
import type { JobAttempt } from './job-attempt.js';
import { registerJobGauges } from './job-gauges.js';
import { TICK } from './job-row.entity.js';
import { createQueues } from './queue.js';
import type { Registration } from './run-attempt.js';
import { transactionDb } from './transaction-db.js';
import { JobWorker } from './job-worker.js';

// The job queue, as features use it.

/** The time for running jobs to finish when the application stops. */
const STOP_TIMEOUT_MS = 20_000;
/** The same after Ctrl-C. */
const INTERRUPT_TIMEOUT_MS = 500;

class TickPayload {
  @IsString()
  @MaxLength(100)
  kind!: string;
}

/** pg-boss's scheduler sends these jobs when a recurring kind is due, once for all processes. */
const Tick = jobKind(TICK, TickPayload);

interface Recurring {
  readonly name: string;
  readonly cron: string;
}

/**
 * The job queue: enqueues jobs and runs their handlers. Jobs are rows in the same database, inserted in the transaction
 * of the data that they belong to.
 */
@Injectable()
export class Jobs implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly worker: JobWorker;
  private readonly runsJobs: boolean;
  private readonly registrations: Registration[] = [];
  private readonly recurring: Recurring[] = [];
  private unregisterGauges = () => {};

  constructor(
    @Inject(Config) config: Config,
    @Inject(Logger) logger: Logger,
    @Inject(PgBoss) private readonly boss: PgBoss,
    private readonly db: EntityManager,
  ) {
    this.runsJobs = config.values.JOBS_IN_PROCESS;
    this.boss.on('error', (error: QueueError) =>
      logger.error(asError(error), 'The job queue failed', { queue: error.queue }),
    );
    this.boss.on('warning', (warning) => logger.warn(warning.message));
    this.worker = new JobWorker(this.boss, db, logger);
    this.handle(Tick, ({ kind }, job) => job.finish((tx) => this.send(tx, kind, {})));
  }

  /**
   * Inserts a job in the transaction: it runs after the commit. `owner_id` is the account that it belongs to, if any.
   * Returns the job's id.
   */
  enqueue<P extends object>(tx: EntityManager, kind: JobKind<P>, payload: P, owner_id?: number): Promise<string> {
    return this.send(tx, kind.name, toJobData(kind, payload), owner_id);
  }

  /**
   * Registers the handler of a kind. Called in `onModuleInit` by the feature that owns the kind. With `runsHere: false`
   * this process leaves its jobs to others.
   */
  handle<P extends object>(kind: JobKind<P>, handler: JobHandler<P>, { runsHere = true } = {}): void {
    if ((kind.payload as object) !== NoPayload) assertModel(kind.payload);
    this.registrations.push({ kind, handler: handler as JobHandler<object>, runsHere });
  }

  /**
   * Registers recurring work by a cron expression (UTC, at most once a minute). It runs once for all processes. After a
   * downtime, missed times are made up for by one run. Called like `handle`.
   */
  every(cron: string, name: string, work: (job: JobAttempt) => Promise<unknown>): void {
    this.handle(jobKind(name, NoPayload), (_, job) => work(job));
    this.recurring.push({ name, cron });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.boss.start();
    await createQueues(
      this.boss,
      this.registrations.map(({ kind }) => kind),
    );
    this.unregisterGauges = registerJobGauges(
      this.db,
      this.registrations.flatMap(({ kind }) => (kind === Tick ? [] : kind.name)),
    );
    if (!this.runsJobs) return;
    await this.worker.start(this.registrations.filter(({ runsHere }) => runsHere));
    await this.updateSchedules();
  }

  /** Stops fetching jobs and waits for running ones, while everything that they need is still available. */
  async beforeApplicationShutdown(signal?: string): Promise<void> {
    await this.worker.stop(signal === 'SIGINT' ? INTERRUPT_TIMEOUT_MS : STOP_TIMEOUT_MS);
  }

  /** Stops the queue after the worker, since requests in flight could enqueue jobs until now. */
  async onApplicationShutdown(): Promise<void> {
    this.unregisterGauges();
    await this.boss.stop({ graceful: true, timeout: 1000 });
  }

  private async updateSchedules(): Promise<void> {
    for (const { name, cron } of this.recurring) {
      await this.boss.schedule(Tick.name, cron, { kind: name }, { key: name, missed: 'once' });
    }
    const wanted = new Set(this.recurring.map(({ name }) => name));
    for (const { name, key } of await this.boss.getSchedules()) {
      if (!wanted.has(key)) await this.boss.unschedule(name, key);
    }
  }

  private async send(tx: EntityManager, name: string, data: object, owner_id?: number): Promise<string> {
    const group = owner_id === undefined ? {} : { group: { id: String(owner_id) } };
    const origin = currentOrigin();
    const stored = origin === undefined ? data : { ...data, origin };
    const id = await this.boss.send(name, stored, { id: uuid7(Date.now()), ...group, db: transactionDb(tx) });
    if (id === null) throw new Error(`The queue did not accept the job ${name}`);
    return id;
  }
}

/** An error as pg-boss emits it: most are copies, which are not Error objects. */
type QueueError = Error & { readonly queue?: string };

/** What pg-boss appends to messages. Without it, an outage that concerns all queues has one cause in the log. */
const SOURCE = / \(Queue: [^)]*, Worker: [^)]*\)$/;

function asError(error: QueueError): Error {
  const failure = error instanceof Error ? error : Object.assign(new Error('pg-boss failed'), error);
  failure.message = failure.message.replace(SOURCE, '');
  return failure;
}
