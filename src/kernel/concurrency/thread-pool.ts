import { basename } from 'node:path';
import { Piscina } from 'piscina';
import { Gauge } from '../common/instruments.js';
import type { AppError } from '../errors/app-error.js';
import type { Logger } from '../logging/logger.js';
import { Bulkhead, type BulkheadLimits } from './bulkhead.js';

interface ThreadLimits extends BulkheadLimits {
  /** From asking for it: the thread that works longer is ended by force. */
  readonly deadlineMs: number;
  /** Of such a one, and of one that wants too much memory. */
  readonly late: () => AppError;
  /** Of JavaScript's objects, for each thread. */
  readonly memoryMb: number;
  /** How far the threads stand back behind the event loop where there are not cores enough (Unix's nice). */
  readonly niceness?: number;
}

const TASKS = new Gauge({
  name: 'aerie_thread_tasks',
  help: 'Tasks for threads: those that run, and those that wait for a thread.',
  labels: ['pool', 'state'],
});
const THREADS_MAX = new Gauge({
  name: 'aerie_threads_max',
  help: 'Tasks of a pool that may run at once.',
  labels: ['pool'],
});

const IDLE_MS = 30_000;
const OUT_OF_MEMORY = 'ERR_WORKER_OUT_OF_MEMORY';

/**
 * Work that takes a processor long, on threads of its own: neither the event loop nor libuv's threads (files, DNS, zlib)
 * feel it. What the process was told to load before its program (`--import`, NODE_OPTIONS) is not loaded in them: that of
 * OpenTelemetry takes longer than the thread may, and more memory than it has. A thread begins with the first task and ends when there was none for half a minute. `worker` is the module
 * whose default export does a task; what its error has as `cause` arrives as the error's own fields.
 */
export class ThreadPool<T, R> {
  private readonly bulkhead: Bulkhead;
  private readonly pool: Piscina<T, R>;
  private readonly unwatch: readonly (() => void)[];

  constructor(
    worker: URL,
    private readonly limits: ThreadLimits,
    logger: Logger,
  ) {
    this.bulkhead = new Bulkhead(limits);
    this.pool = new Piscina({
      filename: worker.href,
      minThreads: 0,
      maxThreads: limits.inside,
      idleTimeout: IDLE_MS,
      niceIncrement: limits.niceness ?? 0,
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb },
      execArgv: [],
      env: {},
      recordTiming: false, // nobody asks for it, and its histograms take 0.7 MiB a pool
    });
    this.unwatch = this.watched(basename(worker.pathname).split('.')[0]!);
    this.pool.on('error', (error: Error) => logger.error(error, 'A worker thread died')); // unheard it ends the process
  }

  /**
   * Does the task, unless it is `abandoned` before it is done: its thread is ended then. Throws the refusal when too many
   * wait, the other error when it takes longer than its deadline, or more memory than there is.
   */
  async run(task: T, abandoned?: AbortSignal): Promise<R> {
    const deadline = AbortSignal.timeout(this.limits.deadlineMs);
    const signal = abandoned ? AbortSignal.any([deadline, abandoned]) : deadline;
    await this.bulkhead.enter();
    try {
      return await this.pool.run(task, { signal });
    } catch (error) {
      if (signal.aborted || (error as NodeJS.ErrnoException).code === OUT_OF_MEMORY) throw this.limits.late();
      throw error instanceof Error ? Object.assign(error, error.cause) : error;
    } finally {
      this.bulkhead.leave();
    }
  }

  async close(): Promise<void> {
    for (const end of this.unwatch) end();
    await this.pool.destroy();
  }

  private watched(pool: string): (() => void)[] {
    return [
      TASKS.watch(() => [
        { labels: { pool, state: 'running' }, value: this.bulkhead.inUse },
        { labels: { pool, state: 'waiting' }, value: this.bulkhead.queued },
      ]),
      THREADS_MAX.watch(() => [{ labels: { pool }, value: this.limits.inside }]),
    ];
  }
}
