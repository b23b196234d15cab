import { isStaleStatement } from '../errors/database-errors.js';

// Detects prepared statements that are stale: the schema changed, or the connection lost them.

/** Errors of stale prepared statements. */
const stale = new WeakSet<object>();
/** By statement name: when it last succeeded on any connection, as `performance.now()`. */
const succeededAt = new Map<string, number>();

export function recordSuccess(name: string): void {
  succeededAt.set(name, performance.now());
}

/**
 * Returns whether a prepared statement failed because it is stale on its connection; `isStale` then returns true for
 * the error. Most error codes count only if the same statement has succeeded since the connection was opened, so that a
 * wrong statement is not repeated on new connections.
 */
export function checkStale(error: unknown, name: string | undefined, openedAt: number): boolean {
  const succeeded = name === undefined ? undefined : succeededAt.get(name);
  if (!isStaleStatement(error, succeeded !== undefined && succeeded > openedAt)) return false;
  stale.add(error as object);
  return true;
}

/**
 * Whether checkStale identified the error as one of a stale statement. It had no effect and can be repeated on a new
 * connection.
 */
export function isStale(error: unknown): boolean {
  const source: unknown = (error as { driverError?: unknown } | undefined)?.driverError ?? error;
  return typeof source === 'object' && source !== null && stale.has(source);
}
