import { basename } from 'node:path';
import { Piscina } from 'piscina';
import { Gauge } from '../kernel/common/instruments.js';
import type { AppError } from '../kernel/errors/app-error.js';
import type { Logger } from '../kernel/logging/logger.js';
import { Bulkhead, type BulkheadLimits } from '../kernel/concurrency/bulkhead.js';

// Worker threads for CPU-bound tasks, with a bounded queue and a deadline.

/** The limits of a pool's tasks and threads. */
interface ThreadLimits extends BulkheadLimits {
  /** The maximum duration of a task in milliseconds, including its wait. Its thread is then terminated. */
  readonly deadlineMs: number;
  /** Creates the error for tasks that exceed the deadline or the memory limit. */
  readonly createTimeoutError: () => AppError;
  /** The limit of the JavaScript heap of each thread, in MiB. */
  readonly maxMemoryMb: number;
  /** The Unix niceness of the threads, so that the event loop has precedence if there are too few cores. */
  readonly niceness?: number;
}

const TASKS = new Gauge({
  name: 'aerie_thread_tasks',
  help: 'Tasks of a thread pool by state: running, or waiting for a thread.',
  labels: ['pool', 'state'],
});
const THREADS_MAX = new Gauge({
  name: 'aerie_threads_max',
  help: 'Maximum number of tasks of a pool that run at once.',
  labels: ['pool'],
});

const IDLE_MS = 30_000;
const OUT_OF_MEMORY = 'ERR_WORKER_OUT_OF_MEMORY';

/**
 * Runs CPU-bound tasks on worker threads (piscina), so that they block neither the event loop nor libuv's threads.
 * `worker` is the module whose default export runs a task. The `cause` of an error that it throws arrives as fields of
 * the error. Threads start with the first task and stop after 30 s without one. They do not load preloaded modules
 * (`--import`, NODE_OPTIONS): OpenTelemetry's takes more time and memory than a thread may use.
 */
export class ThreadPool<T, R> {
  private readonly bulkhead: Bulkhead;
  private readonly pool: Piscina<T, R>;
  private readonly unregisterGauges: readonly (() => void)[];

  constructor(
    worker: URL,
    private readonly limits: ThreadLimits,
    logger: Logger,
  ) {
    this.bulkhead = new Bulkhead(limits);
    this.pool = new Piscina({
      filename: worker.href,
      minThreads: 0,
      maxThreads: limits.maxConcurrent,
      idleTimeout: IDLE_MS,
      niceIncrement: limits.niceness ?? 0,
      resourceLimits: { maxOldGenerationSizeMb: limits.maxMemoryMb },
      execArgv: [],
      env: {},
      recordTiming: false, // not used, and its histograms take 0.7 MiB per pool
    });
    this.unregisterGauges = this.registerGauges(basename(worker.pathname).split('.')[0]!);
    // an 'error' event without a listener ends the process
    this.pool.on('error', (error: Error) => logger.error(error, 'A worker thread died'));
  }

  /**
   * Runs a task. If `abortSignal` aborts, its thread is terminated. Throws createError() if too many tasks wait, and
   * createTimeoutError() if the task exceeds its deadline or the memory limit, or was aborted.
   */
  async run(task: T, abortSignal?: AbortSignal): Promise<R> {
    const deadline = AbortSignal.timeout(this.limits.deadlineMs);
    const signal = abortSignal ? AbortSignal.any([deadline, abortSignal]) : deadline;
    await this.bulkhead.acquire();
    try {
      return await this.pool.run(task, { signal });
    } catch (error) {
      if (signal.aborted || (error as NodeJS.ErrnoException).code === OUT_OF_MEMORY)
        throw this.limits.createTimeoutError();
      throw error instanceof Error ? Object.assign(error, error.cause) : error;
    } finally {
      this.bulkhead.release();
    }
  }

  async close(): Promise<void> {
    for (const end of this.unregisterGauges) end();
    await this.pool.destroy();
  }

  private registerGauges(pool: string): (() => void)[] {
    return [
      TASKS.addCallback(() => [
        { labels: { pool, state: 'running' }, value: this.bulkhead.inUse },
        { labels: { pool, state: 'waiting' }, value: this.bulkhead.queued },
      ]),
      THREADS_MAX.addCallback(() => [{ labels: { pool }, value: this.limits.maxConcurrent }]),
    ];
  }
}
