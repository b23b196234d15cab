import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.js';
import { isLockTimeout, isTransactionConflict } from '../errors/database-errors.js';
import { OperatorError } from '../errors/operator-error.js';
import { databaseTimeouts } from './timeouts.js';
import { LockWatch, named } from './lock-holders.js';

/** By this name migrations are known in pg_stat_activity. */
export const MIGRATING = 'aerie-migrate';
const LOCK_TIMEOUT_MS = 2000;
const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 10_000;
const WITHIN_MS = 120_000;

/**
 * How long a migration waits for a lock, in milliseconds. Whoever wants the same table waits behind it, so it gives up before a
 * request does.
 */
export function migrationLockTimeout(config: Config): number {
  return Math.min(LOCK_TIMEOUT_MS, Math.round(databaseTimeouts(config).lock * 0.8));
}

/**
 * Does work that takes locks which requests need. Where it does not get one in time (migrationLockTimeout), it is undone, and done
 * again after a pause, so that requests go on meanwhile; each time it says whose statement it waits for. `what` is the
 * subject of these sentences. Throws an OperatorError at the deadline.
 */
export async function patiently<T>(
  config: Config,
  what: () => Promise<string>,
  work: () => Promise<T>,
  withinMs = WITHIN_MS,
): Promise<T> {
  const began = performance.now();
  const watch = new LockWatch(config.directUrl, MIGRATING);
  try {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
      try {
        return await work();
      } catch (error) {
        if (!isLockTimeout(error) && !isTransactionConflict(error)) throw error;
        const sentence = `${await what()} waits for a lock of ${named(watch.holders)}`;
        const passed = performance.now() - began;
        if (passed + pause > withinMs) throw givenUp(sentence, passed, error);
        process.stderr.write(`${sentence}; trying again in ${pause / 1000} s\n`);
        await sleep(pause);
      }
    }
  } finally {
    watch.end();
  }
}

function givenUp(sentence: string, passed: number, cause: unknown): OperatorError {
  const remedy = 'try again when that has ended, or end it by "select pg_terminate_backend(…)"';
  return new OperatorError(`${sentence}. Given up after ${Math.round(passed / 1000)} s: ${remedy}`, { cause });
}
