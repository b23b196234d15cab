import { isStaleStatement } from '../errors/database-errors.js';

const stale = new WeakSet<object>();
/** When each prepared statement, by name, last succeeded on any connection, by `performance.now()`. */
const succeededAt = new Map<string, number>();

export function noteSuccess(name: string): void {
  succeededAt.set(name, performance.now());
}

/**
 * Whether a statement failed because of its connection's state; `isStale` remembers it. Most errors count only if the same
 * statement has succeeded since the connection was opened, so that a statement that is really wrong is not repeated on
 * new connections.
 */
export function checkStale(error: unknown, name: string | undefined, openedAt: number): boolean {
  const succeeded = name === undefined ? undefined : succeededAt.get(name);
  if (!isStaleStatement(error, succeeded !== undefined && succeeded > openedAt)) return false;
  stale.add(error as object);
  return true;
}

/** Whether checkStale has found the error stale. The statement had no effect and may be repeated on a new connection. */
export function isStale(error: unknown): boolean {
  const source: unknown = (error as { driverError?: unknown } | undefined)?.driverError ?? error;
  return typeof source === 'object' && source !== null && stale.has(source);
}
