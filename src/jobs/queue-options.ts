import type { ClientBase } from 'pg';
import { applySessionSettings, type Settings } from '../kernel/database/session-settings.js';
import type { JobKind } from './job-kind.js';
import { DEAD_LETTERS } from './job-row.entity.js';

// How pg-boss is set up: the queue and the worker of each kind of job, the process, and its connections.

const DAY_SECONDS = 86_400;

export const RETENTION_SECONDS = 14 * DAY_SECONDS;
export const RETRY_LIMIT = 5;
export const MAX_RETRY_DELAY_SECONDS = 600;

/** The options of a kind's queue. Failed jobs are tried again after 1 to 2 s, then after twice as long each time. */
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
 * The options of a kind's worker. A full batch is followed by the next at once, so that a backlog is worked off without
 * pauses. New jobs are announced by NOTIFY; those that are tried again are found by polling.
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

/** For processes that run jobs: they hear of new ones, find those of dead processes, and send the scheduled ones. */
export const CONSUMER_OPTIONS = {
  schedule: true,
  cronMonitorIntervalSeconds: 10,
  superviseIntervalSeconds: 2,
  monitorIntervalSeconds: 2,
  useListenNotify: true,
};

/** For processes that only write jobs. */
export const PRODUCER_OPTIONS = { schedule: false, supervise: false };

/** pg-boss passes this option on to its pool. */
export function sessionOptions(settings?: Settings) {
  return { onConnect: (client: ClientBase) => applySessionSettings(client, settings) };
}

/** In milliseconds. The queue's connections may wait longer for the database than those of requests, but not for ever. */
export const CONNECTION_LIMITS = {
  connectionTimeoutMillis: 5000,
  query_timeout: 12_000, // pg-boss throws away a connection on which this has passed
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
  ...sessionOptions({ statement_timeout: 10_000 }),
};
