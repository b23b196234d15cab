import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.js';
import { isLockTimeout, isTransactionConflict } from '../kernel/errors/database-errors.js';
import { OperatorError } from '../config/operator-error.js';
import { databaseTimeouts } from '../kernel/database/timeouts.js';
import { BlockingSessionMonitor, describeSessions } from './blocking-sessions.js';

// Retries schema changes that could not get a lock, so that requests can continue meanwhile.

/** The application_name of connections that change the schema. */
export const MIGRATION_APPLICATION_NAME = 'aerie-migrate';
const MAX_LOCK_TIMEOUT_MS = 2000;
const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 10_000;
const DEADLINE_MS = 120_000;

/**
 * The `lock_timeout` of schema changes, in milliseconds. Requests that need the same table queue behind them, so it is
 * shorter than that of requests. By default it is longer than PostgreSQL's `deadlock_timeout` (1 s): only then does
 * PostgreSQL cancel an autovacuum that holds the lock, which can otherwise outlast all retries.
 */
export function migrationLockTimeout(config: Config): number {
  return Math.min(MAX_LOCK_TIMEOUT_MS, Math.round(databaseTimeouts(config).lock * 0.9));
}

/** Returns the subject of the sentence about a wait. Another subject than before means that the work has progressed. */
type Subject = () => Promise<string>;

/** Runs a part of the work, and retries only this part if it did not get a lock. */
export type RetryPart = <T>(subject: Subject, part: () => Promise<T>) => Promise<T>;

/**
 * Runs `work`, a schema change with migrationLockTimeout. Retries it after a pause if it did not get a lock, and prints
 * which sessions block it. Throws an OperatorError if no retry within `deadlineMs` after the first one got further:
 * statements that succeed may take any time.
 */
export async function retryOnLockTimeout<T>(
  config: Config,
  subject: Subject,
  work: (retryPart: RetryPart) => Promise<T>,
  deadlineMs = DEADLINE_MS,
): Promise<T> {
  const monitor = new BlockingSessionMonitor(config.directUrl, MIGRATION_APPLICATION_NAME);
  const retry: RetryPart = (whose, part) => retryUntil(deadlineMs, monitor, whose, part);
  try {
    return await retry(subject, () => work(retry));
  } finally {
    monitor.stop();
  }
}

async function retryUntil<T>(
  deadlineMs: number,
  monitor: BlockingSessionMonitor,
  subject: Subject,
  work: () => Promise<T>,
): Promise<T> {
  let wait: { readonly whose: string; readonly since: number; pause: number } | undefined;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isLockTimeout(error) && !isTransactionConflict(error)) throw error;
      const whose = await subject();
      if (wait?.whose !== whose) wait = { whose, since: performance.now(), pause: FIRST_PAUSE_MS };
      const message = `${whose} is waiting for a lock held by ${describeSessions(monitor.latest)}`;
      const elapsed = performance.now() - wait.since;
      if (elapsed + wait.pause > deadlineMs) throw deadlineError(message, elapsed, error);
      process.stderr.write(`${message}; retrying in ${wait.pause / 1000} s\n`);
      await sleep(wait.pause);
      wait.pause = Math.min(2 * wait.pause, MAX_PAUSE_MS);
    }
  }
}

function deadlineError(message: string, elapsed: number, cause: unknown): OperatorError {
  const remedy = 'try again when that has ended, or end it with "select pg_terminate_backend(…)"';
  return new OperatorError(`${message}. Gave up after ${Math.round(elapsed / 1000)} s: ${remedy}`, { cause });
}
