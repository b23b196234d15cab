import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { IsString, MaxLength } from 'class-validator';
import type { PgBoss } from 'pg-boss';
import { EntityManager } from 'typeorm';
import { Config } from '../kernel/config/config.js';
import { execute, type Rows } from '../kernel/database/statement.js';
import { Logger } from '../kernel/logging/logger.js';
import { uuid7 } from '../kernel/common/uuid7.js';
import { assertModel } from '../kernel/validation/validate.js';
import type { Registered } from './attempt.js';
import { dataOf, jobKind, NoPayload, type JobHandler, type JobKind } from './job-kind.js';
import type { Job } from './job.js';
import { connectQueue, queueOf } from './queue.js';
import { DEAD_LETTERS, TICK } from './statements.js';
import { Worker } from './worker.js';

/** How long a job may go on when the application stops. */
const FINISH_WITHIN_MS = 20_000;
/** The same when somebody at the terminal waits for it. */
const FINISH_PROMPTLY_MS = 500;

class TickPayload {
  @IsString()
  @MaxLength(100)
  kind!: string;
}

/** It is time for a recurring kind: the queue's own clock sends these, once for all processes. */
const Tick = jobKind(TICK, TickPayload);

interface Recurring {
  readonly name: string;
  readonly cron: string;
}

/** The queue: rows in the same database, written in the same transaction as the data that they belong to. */
@Injectable()
export class Jobs implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly boss: PgBoss;
  private readonly worker: Worker;
  private readonly works: boolean;
  private readonly registered: Registered[] = [];
  private readonly recurring: Recurring[] = [];

  constructor(@Inject(Config) config: Config, @Inject(Logger) logger: Logger, db: EntityManager) {
    this.works = config.values.JOBS_IN_PROCESS;
    this.boss = connectQueue(config);
    this.boss.on('error', (error) => logger.error(error, 'The job queue failed'));
    this.boss.on('warning', (warning) => logger.warn(warning.message));
    this.worker = new Worker(this.boss, db, logger);
    this.handle(Tick, ({ kind }, job) => job.finish((tx) => this.send(tx, kind, {})));
  }

  /**
   * Writes the job with the transaction: it runs after the commit, and never after a rollback. `owner_id` is the account
   * whose job it is, if it is somebody's. Returns its id.
   */
  enqueue<P extends object>(tx: EntityManager, kind: JobKind<P>, payload: P, owner_id?: number): Promise<string> {
    return this.send(tx, kind.name, dataOf(kind, payload), owner_id);
  }

  /** For the feature that owns the kind, while its module starts: who does the work. */
  handle<P extends object>(kind: JobKind<P>, handler: JobHandler<P>): void {
    if ((kind.payload as object) !== NoPayload) assertModel(kind.payload);
    this.registered.push({ kind, handler: handler as JobHandler<object> });
  }

  /**
   * For the feature that owns it, while its module starts: work that comes again at the times of a cron expression (UTC;
   * at most once a minute), once for all processes. Times that passed while no process ran are made up for by one run.
   */
  every(cron: string, name: string, work: (job: Job) => Promise<unknown>): void {
    this.handle(jobKind(name, NoPayload), (_, job) => work(job));
    this.recurring.push({ name, cron });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.boss.start();
    await this.makeQueues();
    if (!this.works) return;
    await this.worker.start(this.registered);
    await this.makeSchedules();
  }

  /** Takes no more jobs and lets what runs finish for a while, as long as all that jobs need is there. */
  async beforeApplicationShutdown(signal?: string): Promise<void> {
    await this.worker.stop(signal === 'SIGINT' ? FINISH_PROMPTLY_MS : FINISH_WITHIN_MS);
  }

  /** Requests that were in flight until now could enqueue. */
  async onApplicationShutdown(): Promise<void> {
    await this.boss.stop({ graceful: true, timeout: 1000 });
  }

  private async makeQueues(): Promise<void> {
    const known = new Set((await this.boss.getQueues()).map(({ name }) => name));
    if (!known.has(DEAD_LETTERS)) await this.boss.createQueue(DEAD_LETTERS);
    for (const { kind } of this.registered) {
      if (known.has(kind.name)) await this.boss.updateQueue(kind.name, queueOf(kind));
      else await this.boss.createQueue(kind.name, queueOf(kind));
    }
  }

  private async makeSchedules(): Promise<void> {
    for (const { name, cron } of this.recurring) {
      await this.boss.schedule(Tick.name, cron, { kind: name }, { key: name, missed: 'once' });
    }
    const wanted = new Set(this.recurring.map(({ name }) => name));
    for (const { name, key } of await this.boss.getSchedules()) {
      if (!wanted.has(key)) await this.boss.unschedule(name, key);
    }
  }

  private async send(tx: EntityManager, name: string, data: object, owner_id?: number): Promise<string> {
    const executeSql = async (text: string, values: unknown[] = []) => asObjects(await execute(tx, text, values));
    const group = owner_id === undefined ? {} : { group: { id: String(owner_id) } };
    const id = await this.boss.send(name, data, { id: uuid7(Date.now()), ...group, db: { executeSql } });
    if (id === null) throw new Error(`The queue took no job ${name}`);
    return id;
  }
}

/** Rows as the queue takes them. Its texts are the same for every job of a kind. */
function asObjects({ fields, rows }: Rows): { rows: object[] } {
  return { rows: rows.map((row) => Object.fromEntries(fields.map(({ name }, i) => [name, row[i]]))) };
}
