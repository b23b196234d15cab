import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { availableParallelism } from 'node:os';
import { Cache } from '../cache/cache.js';
import { Config } from '../config/config.js';
import { AppError } from '../kernel/errors/app-error.js';
import { requestSignal, currentContext } from '../kernel/context/request-context.js';
import { Logger } from '../kernel/logging/logger.js';
import { ThreadPool } from '../threads/thread-pool.js';
import type { SalesReport } from './reports.dto.js';
import type { SalesAnalysis, SalesAnalysisTask } from './sales-analysis.worker.js';

const MAX_ORDERS = 200_000;
/** The share of a request's time limit that a report may use. The rest is for sending the error. */
const DEADLINE_SHARE = 7 / 8;
/** The maximum age of a report from the shared cache. */
const CACHE_SECONDS = 5;

@Injectable()
export class ReportsService implements OnApplicationShutdown {
  private readonly threads: ThreadPool<SalesAnalysisTask, SalesAnalysis>;
  private readonly deadlineMs: number;

  constructor(
    @Inject(Config) private readonly config: Config,
    private readonly cache: Cache,
    @Inject(Logger) logger: Logger,
  ) {
    const deadlineMs = (this.deadlineMs = config.requestMs * DEADLINE_SHARE);
    const limits = {
      maxConcurrent: Math.max(1, availableParallelism() - 1), // one core stays for the event loop
      maxQueued: 32,
      maxWaitMs: deadlineMs,
      deadlineMs,
      maxMemoryMb: 256,
      createError: () => busy('Too many reports at once, try again'),
      createTimeoutError: () => busy('The report took too long or needed too much memory'),
    };
    this.threads = new ThreadPool(new URL('./sales-analysis.worker.js', import.meta.url), limits, logger);
  }

  /** Returns the sales report. Throws 503 if too many requests wait for it or it exceeds its deadline. */
  sales(): Promise<SalesReport> {
    return this.cache.getOrCompute('sales-report', CACHE_SECONDS, () => this.analyse());
  }

  async onApplicationShutdown(): Promise<void> {
    await this.threads.close();
  }

  private async analyse(): Promise<SalesReport> {
    const task: SalesAnalysisTask = {
      databaseUrl: this.config.databaseUrl,
      maxOrders: MAX_ORDERS,
      deadlineMs: this.deadlineMs,
    };
    const context = currentContext();
    const { report, database_ms } = await this.threads.run(task, context && requestSignal(context));
    if (context) context.database_ms += database_ms;
    return report;
  }
}

const busy = (message: string) => new AppError(message, 503, { 'Retry-After': '2' });
