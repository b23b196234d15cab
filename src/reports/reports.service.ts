import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { Cache } from '../kernel/cache.js';
import { Config } from '../kernel/config.js';
import { AppError } from '../kernel/errors/app-error.js';
import { currentExchange } from '../kernel/http/exchange.js';
import { Logger } from '../kernel/logging/logger.js';
import type { SalesReport } from './reports.dto.js';
import type { SalesAnalysis, SalesAnalysisTask } from './sales-analysis.worker.js';

const MAX_ORDERS = 200_000;
const DEADLINE_MS = 8000;
const MAX_WAITING = 32;
/** How old a report from the shared cache may be. */
const CACHE_SECONDS = 5;

@Injectable()
export class ReportsService implements OnApplicationShutdown {
  private readonly threads = new Piscina({
    filename: new URL('./sales-analysis.worker.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: Math.max(1, availableParallelism() - 1), // one core stays for the event loop
    maxQueue: MAX_WAITING,
    idleTimeout: 30_000,
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  });

  constructor(
    @Inject(Config) private readonly config: Config,
    private readonly cache: Cache,
    @Inject(Logger) logger: Logger,
  ) {
    this.threads.on('error', (error: Error) => logger.error(error, 'A report thread died')); // unheard it ends the process
  }

  /** The sales report. Throws 503 when too many wait for it or it takes longer than its deadline. */
  sales(): Promise<SalesReport> {
    return this.cache.remember('sales-report', CACHE_SECONDS, () => this.analyse());
  }

  async onApplicationShutdown(): Promise<void> {
    await this.threads.destroy();
  }

  private async analyse(): Promise<SalesReport> {
    if (this.threads.queueSize >= MAX_WAITING) throw busy('Too many reports at once');
    const task: SalesAnalysisTask = {
      databaseUrl: this.config.databaseUrl,
      maxOrders: MAX_ORDERS,
      deadlineMs: DEADLINE_MS,
    };
    const signal = AbortSignal.timeout(DEADLINE_MS);
    try {
      const { report, database_ms } = (await this.threads.run(task, { signal })) as SalesAnalysis;
      const exchange = currentExchange();
      if (exchange) exchange.database_ms += database_ms;
      return report;
    } catch (error) {
      if (signal.aborted) throw busy('The report took too long');
      throw error instanceof Error ? Object.assign(error, error.cause) : error;
    }
  }
}

const busy = (message: string) => new AppError(message, 503, { 'Retry-After': '2' });
