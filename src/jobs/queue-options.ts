import type { ClientBase } from 'pg';
import { applySessionSettings, type Settings } from '../kernel/database/session-settings.js';
import type { JobKind } from './job-kind.js';
import { DEAD_LETTERS } from './job-row.entity.js';

// Options of pg-boss: for the queue and worker of each kind of job, for the process, and for its connections.

const DAY_SECONDS = 86_400;

export const RETENTION_SECONDS = 14 * DAY_SECONDS;
export const RETRY_LIMIT = 5;
export const MAX_RETRY_DELAY_SECONDS = 600;

/** Options of a kind's queue. Failed jobs are retried after 1 to 2 s; the delay doubles with each attempt. */
export function queueOptions({ expireInSeconds }: JobKind<object>) {
  return {
    deadLetter: DEAD_LETTERS,
    retryLimit: RETRY_LIMIT,
    retryBackoff: true,
    retryDelay: 1,
    retryDelayMax: MAX_RETRY_DELAY_SECONDS,
    expireInSeconds,
    heartbeatSeconds: 10, // the job of a killed worker runs again after about this long
    retentionSeconds: RETENTION_SECONDS,
    deleteAfterSeconds: RETENTION_SECONDS,
    notify: true,
  };
}

/**
 * Options of a kind's worker. After a full batch the next one is fetched at once, so that a backlog is processed
 * without pauses. New jobs are announced by NOTIFY; retried ones are found by polling.
 */
export function workerOptions({ batchSize }: JobKind<object>) {
  return {
    batchSize,
    burstWhenBatchFull: true,
    perJobResults: true,
    includeMetadata: true,
    heartbeatRefreshSeconds: 3,
    pollingIntervalSeconds: 2,
    notifyPollingIntervalSeconds: 2,
  } as const;
}

/**
 * Options of processes that run jobs: they listen for new jobs, recover those of dead processes, and enqueue scheduled
 * ones.
 */
export const CONSUMER_OPTIONS = {
  schedule: true,
  cronMonitorIntervalSeconds: 10,
  superviseIntervalSeconds: 2,
  monitorIntervalSeconds: 2,
  useListenNotify: true,
};

/** Options of processes that only enqueue jobs. */
export const PRODUCER_OPTIONS = { schedule: false, supervise: false };

/** Applies the session settings to pg-boss's connections: it passes `onConnect` to its pool. */
export function sessionOptions(settings?: Settings) {
  return { onConnect: (client: ClientBase) => applySessionSettings(client, settings) };
}

/** Timeouts of pg-boss's connections in milliseconds. They are longer than those of requests. */
export const CONNECTION_LIMITS = {
  connectionTimeoutMillis: 5000,
  query_timeout: 12_000, // after it, pg-boss closes the connection
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
  ...sessionOptions({ statement_timeout: 10_000 }),
};
