import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import cluster from 'node:cluster';
import type { Server } from 'node:http';
import { Readiness } from '../health/readiness.js';
import { Config } from '../config/config.js';
import { Logger } from '../kernel/logging/logger.js';
import { openMetrics, type Metrics } from './metrics.js';
import { serveMetrics, type PageResponse } from './metrics-server.js';
import { reportLastCounters, reportMetrics } from './worker-metrics.js';

/**
 * Measures this process if METRICS_PORT is set. Workers report to the primary process; a single process serves its
 * metrics over HTTP.
 */
@Injectable()
export class Telemetry implements OnModuleInit, OnApplicationShutdown {
  private metrics: Metrics | undefined;
  private server: Server | undefined;

  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(Logger) private readonly logger: Logger,
    private readonly readiness: Readiness,
  ) {}

  /** Runs before jobs and requests start, so that all are measured, and none is aborted if the port is taken. */
  async onModuleInit(): Promise<void> {
    if (this.config.values.METRICS_PORT === undefined) return;
    const metrics = await openMetrics(this.logger);
    this.metrics = metrics;
    if (cluster.isWorker) return reportMetrics(metrics);
    this.server = await serveMetrics(this.config, this.logger, {
      '/metrics': () => page(metrics),
      '/health/live': () => json(200, { status: 'ok' }),
      '/health/ready': () => this.ready(),
    });
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.metrics && cluster.isWorker) await reportLastCounters(this.metrics);
    this.server?.close();
    this.server?.closeAllConnections();
  }

  private async ready(): Promise<PageResponse> {
    const obstacle = await this.readiness.obstacle();
    return obstacle === undefined ? json(200, { status: 'ok' }) : json(503, { detail: `Not ready: ${obstacle}` });
  }
}

async function page({ own, shared }: Metrics): Promise<PageResponse> {
  const texts = await Promise.all([own.metrics(), shared.metrics()]);
  return { status: 200, type: own.contentType, body: texts.join('\n') };
}

function json(status: number, body: object): PageResponse {
  return { status, type: 'application/json', body: JSON.stringify(body) };
}
