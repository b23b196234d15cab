import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { IsString, MaxLength } from 'class-validator';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobResult, JobWithMetadata, PgBoss } from 'pg-boss';
import { EntityManager } from 'typeorm';
import { Config } from '../kernel/config.js';
import { execute, type Rows } from '../kernel/database/statement.js';
import { Logger } from '../kernel/logging/logger.js';
import { dump } from '../kernel/validation/dump.js';
import { validate } from '../kernel/validation/validate.js';
import { attempt, type Registered } from './attempt.js';
import { jobKind, NoPayload, type JobHandler, type JobKind } from './job-kind.js';
import type { Job } from './job.js';
import { connectQueue, DEAD_LETTERS, queueOf, workOf } from './queue.js';

/** How long a job may go on when the application stops. */
const FINISH_WITHIN_MS = 5000;
const MAX_PAYLOAD_BYTES = 64_000;

class TickPayload {
  @IsString()
  @MaxLength(100)
  kind!: string;
}

/** It is time for a recurring kind: the queue's own clock sends these, once for all processes. */
const Tick = jobKind('tick', TickPayload);

interface Recurring {
  readonly name: string;
  readonly cron: string;
}

/** The queue: rows in the same database, written in the same transaction as the data that they belong to. */
@Injectable()
export class Jobs implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly boss: PgBoss;
  private readonly registered: Registered[] = [];
  private readonly recurring: Recurring[] = [];

  constructor(
    @Inject(Config) config: Config,
    @Inject(Logger) private readonly logger: Logger,
    private readonly db: EntityManager,
  ) {
    this.boss = connectQueue(config);
    this.boss.on('error', (error) => this.logger.error(error, 'The job queue failed'));
    this.boss.on('warning', (warning) => this.logger.warn(warning.message));
    this.handle(Tick, ({ kind }, job) => job.finish((tx) => this.send(tx, kind, {})));
  }

  /**
   * Writes the job with the transaction: it runs after the commit, and never after a rollback. `owner_id` is the account
   * whose job it is, if it is somebody's. Returns its id.
   */
  enqueue<P extends object>(tx: EntityManager, kind: JobKind<P>, payload: P, owner_id?: number): Promise<string> {
    const data = dump(validate(kind.payload, payload));
    return this.send(tx, kind.name, kind.version === 1 ? data : { ...data, version: kind.version }, owner_id);
  }

  /** For the feature that owns the kind, while its module starts: who does the work. */
  handle<P extends object>(kind: JobKind<P>, handler: JobHandler<P>): void {
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
    for (const one of this.registered) {
      const { kind } = one;
      await this.boss.work<object, JobResult[], ReturnType<typeof workOf>>(kind.name, workOf(kind), (jobs) =>
        Promise.all(jobs.map((job) => this.run(one, job))),
      );
    }
    await this.makeSchedules();
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
    const bytes = Buffer.byteLength(JSON.stringify(data));
    if (bytes > MAX_PAYLOAD_BYTES) throw new Error(`A job ${name} of ${bytes} bytes is too large: payloads hold ids`);
    const executeSql = async (text: string, values: unknown[] = []) => asObjects(await execute(tx, text, values));
    const group = owner_id === undefined ? {} : { group: { id: String(owner_id) } };
    const id = await this.boss.send(name, data, { ...group, db: { executeSql } });
    if (id === null) throw new Error(`The queue took no job ${name}`);
    return id;
  }

  /** For the log an error with its stack; for who looks at the queue its sentence. */
  private async run(registered: Registered, job: JobWithMetadata): Promise<JobResult> {
    const { result, error } = await attempt(this.db, registered, job);
    if (error !== undefined) this.logger.error(error, `Job ${job.name} ${job.id} failed`);
    return result;
  }
}

/** Rows as the queue takes them. Its texts are the same for every job of a kind. */
function asObjects({ fields, rows }: Rows): { rows: object[] } {
  return { rows: rows.map((row) => Object.fromEntries(fields.map(({ name }, i) => [name, row[i]]))) };
}
