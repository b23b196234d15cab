import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.js';
import { isLockTimeout, isTransactionConflict } from '../kernel/errors/database-errors.js';
import { OperatorError } from '../kernel/errors/operator-error.js';
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
 * shorter than that of requests.
 */
export function migrationLockTimeout(config: Config): number {
  return Math.min(MAX_LOCK_TIMEOUT_MS, Math.round(databaseTimeouts(config).lock * 0.8));
}

/**
 * Runs `work`, a schema change with migrationLockTimeout. Retries it after a pause if it did not get a lock, and prints
 * which sessions block it; `subject` returns the subject of that sentence. Throws an OperatorError at the deadline.
 */
export async function retryOnLockTimeout<T>(
  config: Config,
  subject: () => Promise<string>,
  work: () => Promise<T>,
  deadlineMs = DEADLINE_MS,
): Promise<T> {
  const startedAt = performance.now();
  const monitor = new BlockingSessionMonitor(config.directUrl, MIGRATION_APPLICATION_NAME);
  try {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
      try {
        return await work();
      } catch (error) {
        if (!isLockTimeout(error) && !isTransactionConflict(error)) throw error;
        const message = `${await subject()} is waiting for a lock held by ${describeSessions(monitor.latest)}`;
        const elapsed = performance.now() - startedAt;
        if (elapsed + pause > deadlineMs) throw deadlineError(message, elapsed, error);
        process.stderr.write(`${message}; retrying in ${pause / 1000} s\n`);
        await sleep(pause);
      }
    }
  } finally {
    monitor.stop();
  }
}

function deadlineError(message: string, elapsed: number, cause: unknown): OperatorError {
  const remedy = 'try again when that has ended, or end it with "select pg_terminate_backend(…)"';
  return new OperatorError(`${message}. Gave up after ${Math.round(elapsed / 1000)} s: ${remedy}`, { cause });
}
